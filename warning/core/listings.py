"""Reading entries of control, entity and sanctions lists: what changed, which country, under which notice."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from warning.core.evidence import Entry, ListingChange
from warning.core.text.calendar_dates import dates_in

NOTICE_FIELDS = ("instrument", "federal_register", "notice", "announcement", "citation")
# A list tells the day of its notice and the day the listing takes effect apart, where it tells them.
ANNOUNCED_FIELDS = (
    "announced",
    "date_added",
    "added_on",
    "added",
    "published",
    "publication_date",
    "date_published",
)
EFFECTIVE_FIELDS = ("effective", "effective_date", "date_effective", "in_force", "start_date")
_COUNTRY = re.compile(r"[A-Z]{2}")


def changed_fields(change: ListingChange) -> tuple[tuple[str, str, str], ...]:
    """Return (field, before, after) for each field that differs; empty when there is no version before."""
    if change.before is None:
        return ()
    was, now = _flat(change.before), _flat(change.entry)
    names = [*was, *(name for name in now if name not in was)]
    return tuple(
        (name, was.get(name, ""), now.get(name, ""))
        for name in names
        if was.get(name, "") != now.get(name, "")
    )


def _flat(entry: Entry) -> dict[str, str]:
    return {"name": entry.name, "country": entry.country, **entry.field_map}


def entry_country(entry: Entry) -> str:
    """Return the entry's ISO code, empty when the list gives a name, several countries or nothing."""
    country = entry.country.strip().upper()
    return country if _COUNTRY.fullmatch(country) else ""


def notice_of(entries: Iterable[Entry]) -> str | None:
    """Return the notice that all the entries cite, None when they cite several or none."""
    cited = {_cited(entry) for entry in entries}
    return cited.pop() or None if len(cited) == 1 else None


def _cited(entry: Entry) -> str:
    fields = entry.field_map
    return next((fields[name] for name in NOTICE_FIELDS if fields.get(name)), "")


def day_of(entries: Iterable[Entry], names: Sequence[str]) -> date | None:
    """Return the day that all the entries give under the first of `names` they have; None when they differ or give none."""
    found = {_day(entry, names) for entry in entries}
    return found.pop() if len(found) == 1 else None


def _day(entry: Entry, names: Sequence[str]) -> date | None:
    fields = {name.casefold().replace(" ", "_"): value for name, value in entry.fields}
    written = next((fields[name] for name in names if fields.get(name)), "")
    return next((found.day for found in dates_in(written, None)), None)


def names_of(entries: Sequence[Entry], limit: int) -> tuple[str, ...]:
    """Return the first `limit` distinct names, in the order of the entries."""
    return tuple(dict.fromkeys(entry.name for entry in entries))[:limit]
