"""Making a silence: what it matches must exist, so that a slip of the pen silences nothing unawares."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warning.app.triage import desk_called
from warning.catalog.complaints import did_you_mean
from warning.core.desks import Desk
from warning.core.ids import content_id
from warning.core.rulebook import Rulebook
from warning.core.silences import FIELDS, Matcher, Silence, refusal
from warning.core.vocabulary import Severity
from warning.errors import ConfigError, EvidenceMissing
from warning.store.repository import Repository

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for. `severity` is the highest level to withhold; None takes what stands now."""

    desk_id: str
    matches: tuple[str, ...]
    actor: str
    reason: str
    until: datetime
    severity: Severity | None = None
    mute: bool = False


def make_silence(repository: Repository, book: Rulebook, wish: Wish, clock: Clock) -> Silence:
    """Store a silence. Raises ConfigError for an unknown desk, field or value, EvidenceMissing for a key."""
    desk = desk_called(book, wish.desk_id)
    now = clock()
    matchers = tuple(sorted({_matcher(text, repository, book) for text in wish.matches}))
    silence = Silence(
        id=content_id("q", desk.id, *map(str, matchers), wish.actor, now.isoformat()),
        desk_id=desk.id,
        matchers=matchers,
        severity=wish.severity or desk.threshold,
        mute=wish.mute,
        actor=wish.actor.strip(),
        reason=wish.reason.strip(),
        created_at=now,
        until=wish.until,
    )
    if wish.severity is None:
        silence = replace(silence, severity=_standing(repository, silence, desk))
    refused = refusal(silence)
    if refused:
        raise ConfigError(f"this silence cannot be made: {refused}")
    repository.add_silence(silence)
    return silence


def _standing(repository: Repository, silence: Silence, desk: Desk) -> Severity:
    """The highest level that open alerts in its range have for the desk now; its threshold when there is none."""
    matched = [alert for alert in repository.alerts(states=("open",)) if silence.matches(alert)]
    return max((alert.severity_for(desk.country) for alert in matched), default=desk.threshold)


def _matcher(text: str, repository: Repository, book: Rulebook) -> Matcher:
    name, _, value = text.partition("=")
    if name not in FIELDS or not value:
        raise ConfigError(f"{text!r} is no match: write one of {', '.join(f'{f}=...' for f in FIELDS)}")
    if name == "key":
        if not repository.alert_versions(value):
            raise EvidenceMissing(f"no alert has the key {value!r}")
    else:
        _check(name, value, _known(repository, book)[name])
    return Matcher(field=name, value=value)


def _known(repository: Repository, book: Rulebook) -> dict[str, Sequence[str]]:
    """The values there are. A rule whose file is broken just now is known by the alerts it opened."""
    opened = (alert.rule_id for alert in repository.alerts(states=("open",)))
    return {
        "rule": [*(rule.id for rule in book.rules), *opened],
        "material": list(book.terms.materials),
        "act": list(book.terms.acts),
        "country": list(book.terms.actors),
    }


def _check(name: str, value: str, known: Iterable[str]) -> None:
    names = sorted(set(known))
    if value not in names:
        raise ConfigError(f"there is no {name} {value!r}; {did_you_mean(value, names) or 'see the rules'}")
