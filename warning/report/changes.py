"""What changed in a week for one desk: lines from the alert versions that came about within it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from warning.core.alerts import LINK_CODES, Alert, Difference
from warning.core.desks import Desk, Destination
from warning.core.detect.deadline import REGISTER
from warning.core.release import release_refusal
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Facts
from warning.core.tearlines import as_seen_by
from warning.core.terms import Language
from warning.core.vocabulary import Certainty
from warning.core.watches import Watch
from warning.report.document import ChangeKind, ChangeLine, ComingDate, DateKind
from warning.report.figure_lines import shown_title
from warning.report.words import DigestWords

AHEAD_DAYS = 60
SHOWN_MATERIALS = 4
_KIND_ORDER: Mapping[ChangeKind, int] = {"new": 0, "updated": 1, "easing": 2, "closed": 3}


def permitted(alerts: Iterable[Alert], desk: Desk, destinations: Sequence[Destination]) -> tuple[Alert, ...]:
    """Return the alerts that may leave for every one of the digest's destinations, as the desk may read them."""
    seen = (as_seen_by(alert, desk) for alert in alerts)
    return tuple(
        a for a in seen if not a.is_recalled and not any(release_refusal(a, desk, d) for d in destinations)
    )


def change_lines(
    versions: Sequence[Alert], desk: Desk, book: Rulebook, words: DigestWords
) -> tuple[ChangeLine, ...]:
    """Return one line an alert, the most severe first, easing and closed ones last.

    `versions` are the week's, oldest first; alerts that never interrupt belong to the background.
    """
    by_key: dict[str, list[Alert]] = {}
    for alert in versions:
        if alert.interrupts:
            by_key.setdefault(alert.key, []).append(alert)
    lines = [_line(of_one, desk, book, words) for of_one in by_key.values()]
    return tuple(
        sorted(lines, key=lambda c: (_KIND_ORDER[c.kind] > 1, -c.severity.rank, c.first_known_at, c.key))
    )


def coming_dates(
    alerts: Iterable[Alert], book: Rulebook, words: DigestWords, week_end: date
) -> tuple[ComingDate, ...]:
    """Return the dates of the next 60 days that alerts speak of, soonest first.

    `week_end` is the first day after the week. An effective date that a later act has eased stays, and says so.
    """
    known = sorted(alerts, key=lambda a: (a.opened_at, a.key))
    found: dict[tuple[date, str, str], ComingDate] = {}
    for alert in known:
        for kind, on in _dates(alert.facts):
            if not week_end <= on <= week_end + timedelta(days=AHEAD_DAYS):
                continue
            coming = ComingDate(
                kind=kind,
                on=on,
                days=(on - week_end).days,
                title=localised_title(alert.facts, book, words),
                instrument=alert.facts.instrument,
                alert_key=alert.key,
                eased_by=_eased_by(alert, known, book, words) if kind == "effective" else "",
            )
            found.setdefault((on, kind, alert.facts.instrument or alert.key), coming)
    return tuple(sorted(found.values(), key=lambda c: (c.on, c.title)))


def watch_dates(
    watches: Iterable[Watch], alerts: Iterable[Alert], book: Rulebook, words: DigestWords, week_end: date
) -> tuple[ComingDate, ...]:
    """Return the ends of the watches over alerts that the desk may see, one an alert: the last to end."""
    known = {alert.key: alert for alert in alerts}
    last = {watch.alert_key: watch for watch in sorted(watches, key=lambda w: w.until)}
    return tuple(
        ComingDate(
            kind="watch",
            on=watch.until,
            days=(watch.until - week_end).days,
            title=localised_title(known[key].facts, book, words),
            instrument=known[key].facts.instrument,
            alert_key=key,
        )
        for key, watch in last.items()
        if key in known and watch.until >= week_end
    )


def _dates(facts: Facts) -> list[tuple[DateKind, date]]:
    dates: list[tuple[DateKind, date | None]] = [("effective", facts.effective), ("expires", facts.expires)]
    return [(kind, on) for kind, on in dates if on is not None]


def _eased_by(alert: Alert, alerts: Iterable[Alert], book: Rulebook, words: DigestWords) -> str:
    """Name the first later act that eases something of the same actor and materials."""
    if alert.facts.direction == "easing":
        return ""
    materials = _with_parents(alert.facts.materials, book)
    for later in alerts:
        same_actor = bool(set(later.facts.actors) & set(alert.facts.actors))
        if later.facts.direction != "easing" or later.opened_at <= alert.opened_at or not same_actor:
            continue
        if materials & _with_parents(later.facts.materials, book):
            return later.facts.instrument or words.day(later.opened_at.date())
    return ""


def _with_parents(materials: Iterable[str], book: Rulebook) -> set[str]:
    known = book.terms.materials
    named = set(materials)
    return named | {parent for m in named if m in known and (parent := known[m].parent)}


def localised_title(facts: Facts, book: Rulebook, words: DigestWords) -> str:
    """Return "actor · materials: act" in a language, in English where a term has no label in it."""
    language = words.language
    materials = [material_label(m, book, language) for m in facts.materials]
    join = words.say("line.and_names").join
    shown = join(materials[:SHOWN_MATERIALS])
    if len(materials) > SHOWN_MATERIALS:
        shown += " " + words.say("line.more_names", count=len(materials) - SHOWN_MATERIALS)
    actors = join(country_label(code, book, language) for code in facts.actors)
    targets = join(country_label(code, book, language) for code in facts.targets)
    act = book.terms.acts.get(facts.act)
    named = _label(act.label, language) if act else facts.act.replace("_", " ")
    subject = " · ".join(part for part in (actors + (f" → {targets}" if targets else ""), shown) if part)
    return words.say("line.title", subject=subject, act=named) if subject else named


def material_label(material: str, book: Rulebook, language: str) -> str:
    known = book.terms.materials.get(material)
    return _label(known.label, language) if known else material.replace("_", " ")


def country_label(code: str, book: Rulebook, language: str) -> str:
    actor = book.terms.actors.get(code)
    return _label(actor.label, language) if actor else code


def _label(labels: Mapping[Language, str], language: str) -> str:
    written = {str(code): label for code, label in labels.items()}
    return written.get(language) or written.get("en") or next(iter(written.values()), "")


def _line(versions: Sequence[Alert], desk: Desk, book: Rulebook, words: DigestWords) -> ChangeLine:
    alert = versions[-1]
    first = min(alert.exhibits, key=lambda e: (e.known_at, not e.official), default=None)
    leading = alert.exhibits[0] if alert.exhibits else None
    return ChangeLine(
        kind=_kind(versions),
        key=alert.key,
        version=alert.version,
        title=localised_title(alert.facts, book, words),
        severity=alert.severity_for(desk.country),
        certainty=alert.certainty,
        marking=alert.marking,
        instrument=alert.facts.instrument,
        announced=alert.facts.announced,
        effective=alert.facts.effective,
        expires=alert.facts.expires,
        first_known_at=alert.opened_at,
        first_source=_source(first, words) if first else "",
        publishers=len(alert.publishers),
        original_title=shown_title(leading, book, words) if leading else "",
        from_figures=leading is not None and leading.kind in {"price", "customs"},
        was=_said_of(versions, desk, book, words),
    )


def _source(exhibit: Exhibit, words: DigestWords) -> str:
    if exhibit.source_id == REGISTER:
        return words.say("register.source")
    grade = words.say("line.aside", said=exhibit.admiralty) if exhibit.kind == "mission" else ""
    return exhibit.source_title + grade


def _said_of(versions: Sequence[Alert], desk: Desk, book: Rulebook, words: DigestWords) -> tuple[str, ...]:
    """What the week's versions changed; for an alert opened in the week, whose facts stand beside it, only its end."""
    if versions[0].version == 1:
        versions = versions[-1:] if versions[-1].is_cancelled else ()
    said = (_said(d, desk, book, words) for v in versions for d in v.differences if _concerns(d, desk))
    return tuple(dict.fromkeys(said))


def _kind(versions: Sequence[Alert]) -> ChangeKind:
    alert = versions[-1]
    if alert.state == "closed" or alert.is_cancelled:
        return "closed"
    was_set_aside = any(d.code == "suspended" for version in versions for d in version.differences)
    if alert.facts.direction == "easing" or was_set_aside:
        return "easing"
    return "new" if versions[0].version == 1 else "updated"


def _concerns(difference: Difference, desk: Desk) -> bool:
    if difference.code == "severity":
        return difference.after.startswith(f"{desk.country}:")
    return difference.code != "opened"


def _said(difference: Difference, desk: Desk, book: Rulebook, words: DigestWords) -> str:
    code, before, after = difference.code, difference.before, difference.after
    if code == "severity":
        after = words.say(f"level.{after.removeprefix(f'{desk.country}:')}")
    elif code == "materials":
        after = words.say("line.and_names").join(
            material_label(m, book, words.language) for m in after.split(",") if m
        )
    elif code == "targets":
        after = words.say("line.and_names").join(
            country_label(c, book, words.language) for c in after.split(",") if c
        )
    elif code in LINK_CODES:
        after = _event(after, book, words)
    elif code in {"effective", "expires", "announced", "deadline", "arrived", "late", "suspended"} and after:
        after = words.day(date.fromisoformat(after))
    elif code in {"disputed", "settled"}:
        before = words.say(f"fact.{before.partition(':')[0]}")
    elif code == "certainty" and Certainty(after) < Certainty(before):
        return words.say("change.certainty_lower")
    if code == "late":
        before = words.say(f"step.{before}")
    return words.say(f"change.{code}", before=before, after=after)


def _event(coded: str, book: Rulebook, words: DigestWords) -> str:
    """Name an event that a sequence refers to: `actors|act|materials|instrument` in codes."""
    actors, act, materials, instrument = (*coded.split("|"), "", "", "", "")[:4]
    names = [country_label(code, book, words.language) for code in filter(None, actors.split(","))]
    names += [material_label(name, book, words.language) for name in filter(None, materials.split(","))]
    known = book.terms.acts.get(act)
    said = _label(known.label, words.language) if known else act.replace("_", " ")
    told = f"{words.say('line.and_names').join(names)}: {said}" if names else said
    return f"{told} [{instrument}]" if instrument else told
