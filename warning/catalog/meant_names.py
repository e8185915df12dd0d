"""What an operator may have meant by a name that no entry of the terms has: China is CN, magnets are rare_earth_magnets."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from warning.catalog.complaints import did_you_mean

# From this likeness on a name is a typing mistake, and no word of another entry's title is asked.
TYPING_MISTAKE = 0.8
LEAST_LETTERS = 4
# So many titles, one a language, and the first names behind them are looked into for a word.
MOST_CALLED = 5


def meant(name: str, entries: Mapping[str, object], known: Sequence[str]) -> str:
    """Return a hint: the entry of this title or with this word in it, else the nearest of the names; empty when nothing is like it."""
    written = _plain(name)
    called = {one: tuple(map(_plain, _names(entries.get(one)))) for one in known}
    found = [one for one in known if written in {_plain(one), *called[one]}]
    is_typed_wrong = get_close_matches(
        name.casefold(), [o.casefold() for o in known], n=1, cutoff=TYPING_MISTAKE
    )
    if not found and not is_typed_wrong and len(written) >= LEAST_LETTERS:
        found = [one for one in known if any(written in title for title in called[one][:MOST_CALLED])]
    if found:
        return f"did you mean {' or '.join(_titled(one, entries) for one in found[:3])}?"
    return did_you_mean(name, known)


def _names(entry: object) -> Iterator[str]:
    """The titles of an entry, then the names by which texts call it."""
    yield from getattr(entry, "label", {}).values()
    for names in getattr(entry, "names", {}).values():
        yield from (name.rstrip("*$") for name in names)


def _titled(one: str, entries: Mapping[str, object]) -> str:
    title = getattr(entries.get(one), "label", {}).get("en", "")
    return f"{one} ({title})" if title else one


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split()).removesuffix("s")
