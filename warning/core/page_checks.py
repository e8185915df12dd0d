"""The pages behind alerts, looked at again: what an answer says, and when a page that is gone takes evidence back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field

from warning.core.alerts import Alert
from warning.core.model import OperatorModel
from warning.core.withdrawals import PUBLISHER, Withdrawal, WithdrawalAction, withdrawal_id

Answer = Literal["there", "missing", "gone", "unclear"]
"""there: a document; missing: 404; gone: 410; unclear: anything else says nothing about the page."""
EVERY = timedelta(hours=23)
# So many pages of one source missing at once: its site was rebuilt, and nothing was taken back.
REBUILT_PAGES = 3
# At once is what was first missed within so long: of many pages only some are looked at on one day.
AT_ONCE = timedelta(days=7)


class PageChecks(OperatorModel):
    """Pages of official sources behind open interrupting alerts are asked for once a day: at most `most_a_day` of them."""

    enabled: bool = True
    most_a_day: int = Field(default=50, ge=1, le=1_000)
    spacing_seconds: float = Field(default=10.0, ge=1, le=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address, and the evidence that alerts show from there."""

    url: str
    source_id: str
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """The last look at a page. `missing_since` is when it was first not found, None while it is there.

    `taken_back` while its evidence is withdrawn because of that.
    """

    url: str
    source_id: str
    answer: Answer
    checked_at: datetime
    missing_since: datetime | None = None
    taken_back: bool = False
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


def pages_behind(alerts: Iterable[Alert]) -> tuple[Page, ...]:
    """Return the pages of official evidence of these alerts, withdrawn or not, by address.

    An address that two sources or more than a few documents share is a list, not a document's own page.
    """
    found: dict[str, dict[str, str]] = {}
    for alert in alerts:
        for shown in (alert.whole or alert).exhibits:
            if (
                shown.official
                and shown.kind == "regulatory"
                and shown.url.startswith(("http://", "https://"))
            ):
                found.setdefault(shown.url, {})[shown.evidence_id] = shown.source_id
    return tuple(
        Page(url=url, source_id=next(iter(said.values())), evidence_ids=tuple(sorted(said)))
        for url, said in sorted(found.items())
        if len(said) == 1
    )


def due_pages(
    pages: Iterable[Page], known: Sequence[PageCheck], policy: PageChecks, now: datetime
) -> tuple[Page, ...]:
    """Return the pages to ask for now, those never seen or seen longest ago first, within the day's number."""
    last = {check.url: check.checked_at for check in known}
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    left = policy.most_a_day - sum(at >= midnight for at in last.values())
    due = [page for page in pages if page.url not in last or now - last[page.url] >= EVERY]
    never = datetime.min.replace(tzinfo=UTC)
    due.sort(key=lambda page: (last.get(page.url, never), page.url))
    return tuple(due[: max(left, 0)]) if policy.enabled else ()


def withdrawals_of(
    page: Page, before: PageCheck | None, now: PageCheck, neighbours: Iterable[PageCheck]
) -> tuple[Withdrawal, ...]:
    """Return what the look says of the page's evidence: withdrawn when it is gone, or was seen and is missing on two days.

    It is restored when it is back. `neighbours` are the last looks at other pages.
    """
    was_taken = before is not None and before.taken_back
    if now.answer == "there" and was_taken:
        return tuple(_said(page, "restored", f"its page is there again: {page.url}", now.checked_at))
    if was_taken or now.missing_since is None:
        return ()
    if 1 + _missing_too(page, now.missing_since, neighbours) >= REBUILT_PAGES:
        return ()
    day = now.missing_since.date()
    if now.answer == "gone":
        reason = f"its page is gone (410) since {now.checked_at.date()}: {page.url}"
        return tuple(_said(page, "withdrawn", reason, now.checked_at))
    is_second_day = now.answer == "missing" and day < now.checked_at.date()
    was_seen = bool(now.body_hash)  # one that never let this reader in was not taken down
    if not is_second_day or not was_seen:
        return ()
    return tuple(
        _said(page, "withdrawn", f"its page is not found (404) since {day}: {page.url}", now.checked_at)
    )


def _missing_too(page: Page, since: datetime, neighbours: Iterable[PageCheck]) -> int:
    """How many other pages of the source went missing about then."""
    missed = (n.missing_since for n in neighbours if n.source_id == page.source_id)
    return sum(at is not None and abs(at - since) <= AT_ONCE for at in missed)


def _said(page: Page, action: WithdrawalAction, reason: str, at: datetime) -> Iterator[Withdrawal]:
    for evidence_id in page.evidence_ids:
        yield Withdrawal(
            id=withdrawal_id(evidence_id, action, at), evidence_id=evidence_id, source_id=page.source_id,
            action=action, reason=reason, actor=PUBLISHER, known_at=at,
        )  # fmt: skip
