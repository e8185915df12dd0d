"""What becomes of a list entry when its page was asked for: what is stored, what is still owed, what is set aside."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from warning.app.annexes import Annex
from warning.app.page_marks import MOST_TRIES, Debt
from warning.core.documents import LeftOut
from warning.core.evidence import Item

_NOTHING = Debt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What reading one entry's page gave: `problem` is why it is asked for again, `waits` why no other is asked for now."""

    item: Item
    problem: str = ""
    left_out: tuple[LeftOut, ...] = ()
    annexes: tuple[Annex, ...] = ()
    waits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of an entry. `item` is None where the store has it as well as we could read it now."""

    item: Item | None
    debt: Debt = _NOTHING
    problem: str = ""
    owed: str = ""
    left_out: tuple[LeftOut, ...] = ()


def untried(item: Item, debt: Debt, why: str) -> Settled:
    if debt.annexes:
        return Settled(item=None, debt=debt, owed=f"annex of {item.title[:80]}: {why}")
    return Settled(item=item, debt=debt, problem=why)


def first_read(page: Page, debt: Debt) -> Settled:
    """Settle an entry whose page had not been read before."""
    if page.problem:
        return Settled(item=page.item, debt=replace(debt, tries=debt.tries + 1), problem=page.problem)
    missing = _missing(page)
    left = page.left_out + _left(page, range(len(page.annexes)))
    if not missing:
        return Settled(item=page.item, left_out=left)
    owed = Debt(tries=1, annexes=missing)
    return Settled(item=page.item, debt=owed, left_out=left, owed=_first_cause(page))


def owing(page: Page, debt: Debt) -> Settled:
    """Settle an entry whose page the store has; it is stored anew only where an annex came that was missing."""
    missing = _missing(page) if not page.problem else debt.annexes
    gained = missing < debt.annexes
    item = page.item if gained else None
    left = _left(page, debt.annexes)
    still = Debt(tries=debt.tries + 1, annexes=missing if gained else debt.annexes)
    if not still.annexes:
        return Settled(item=item, left_out=left)
    cause = page.problem or _first_cause(page)
    if still.tries < MOST_TRIES:
        return Settled(item=item, debt=still, owed=cause, left_out=left if gained else ())
    reason = f"not had in {MOST_TRIES} polls: {cause}"
    return Settled(
        item=item, left_out=(*left, LeftOut(name=f"annex of {page.item.title[:80]!r}", reason=reason))
    )


def _missing(page: Page) -> frozenset[int]:
    return frozenset(place for place, annex in enumerate(page.annexes) if annex.missing)


def _first_cause(page: Page) -> str:
    annex = next(annex for annex in page.annexes if annex.missing)
    return f"{annex.name} of {page.item.title[:80]}: {annex.missing}"


def _left(page: Page, places: Iterable[int]) -> tuple[LeftOut, ...]:
    """What of the annexes in these places only a person can read."""
    told = [page.annexes[place] for place in sorted(places) if place < len(page.annexes)]
    title = f"{page.item.title[:80]!r}"
    return tuple(
        LeftOut(name=f"{annex.name} of {title}", reason=said) for annex in told for said in annex.unread
    )
