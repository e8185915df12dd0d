"""pydantic's errors at one place, as one sentence an operator can act on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from warning.catalog.schema_walk import SchemaWalk

# Two known words are both offered when neither is clearly the nearer one.
CLOSE_CALL = 0.1
MOST_KEYS_SHOWN = 6
EXAMPLES = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower-case letters, digits and single hyphens, such as kr-economic-security",
    r"^[a-z0-9][a-z0-9_-]*$": "lower-case letters, digits, _ and -, such as rare_earths",
    r"^[A-Z]{2}$": "two capital letters, such as KR",
    r"^[1-9][0-9]{0,2} words$": "a number of words, such as 12 words",
    r"^\d{4,10}$": "4 to 10 digits without dots, such as 811292",
    r"^\d{2,10}$": "2 to 10 digits without dots, such as 811292",
    r"^\d{6}$": "6 digits without dots, such as 811292",
    r"^([A-Z]{2}|WLD)$": "two capital letters, such as KR, or WLD for the world",
    r"^[A-Z]{3}$": "three capital letters, such as USD",
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, such as page_size",
    r"^[1-9]\d{0,2}[hdw]$": "a number of hours, days or weeks, such as 6h, 1d or 2w",
    r"^\d{4}-(0[1-9]|1[0-2])$": "a month, such as 2023-08",
    r"^\s*(\d*\.?\d+)\s*(\w+)?": "a size, such as 20 MB",
    r"^[0-9a-f]{12}$": "the 12 digits and letters that `warning rules explain` prints as version",
    r"^[0-9a-f]{64}$": "a SHA-256: 64 digits and letters a to f",
    r"^[UWS][A-Z0-9]{2,20}$": "the id of a member, workspace or group in Slack, such as U012AB3CD",
}
_WANTED = {
    "string": "text",
    "integer": "a whole number, such as 14",
    "number": "a number, such as 0.25",
    "bool": "true or false",
    "boolean": "true or false",
    "array": "a list, such as [one, two]",
    "object": "a mapping of keys to values",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MEASURED = re.compile(r"(?P<whole>\d{1,9})(?:[.,](?P<part>\d{1,2}))?\s*(?P<unit>%|[a-z]*)")
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_TYPE_OF_ERROR = {
    "int": "integer", "float": "number", "bool": "boolean", "string": "string", "tuple": "array",
    "list": "array", "set": "array", "frozen": "array", "dict": "object", "mapping": "object", "model": "object",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """`about_key` says that the key, not its value, is wrong."""

    code: str
    message: str
    hint: str = ""
    about_key: bool = False


def complaint(errors: Sequence[Any], path: tuple[str | int, ...], value: Any, walk: SchemaWalk) -> Complaint:
    """Say what is wrong at `path`. `errors` are pydantic's for this place: several for a plain union."""
    error = errors[0]
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return _unknown_key(path, walk.keys_at(path[:-1], value))
    if kind == "missing":
        return _missing_key(path, value, walk)
    if error["loc"] and error["loc"][-1] == "[key]":
        return _wrong_key(error, walk.key_words_at(path[:-1], value))
    if kind == "union_tag_invalid":
        return _wrong_kind(error, walk.kinds_at(path[:-1], value))
    if kind == "union_tag_not_found":
        return _wrong_kind(error, walk.kinds_at(path, value))
    if len(errors) > 1:
        return _no_branch(errors, path, value, walk)
    return _wrong_value(error, path, value, walk)


def did_you_mean(word: str, known: Sequence[str] | frozenset[str], *, listed: int = 12) -> str:
    """Return a hint: the nearest known words, else all of them when they are few, else nothing."""
    folded = {k.casefold(): k for k in sorted(known)}
    near = get_close_matches(word.casefold(), list(folded), n=3, cutoff=0.6)
    if near:
        best = _likeness(word, near[0])
        alike = [folded[n] for n in near if best - _likeness(word, n) < CLOSE_CALL]
        return "did you mean " + " or ".join(alike) + "?"
    if 0 < len(known) <= listed:
        return "one of " + ", ".join(sorted(known))
    return ""


def _likeness(word: str, known: str) -> float:
    return SequenceMatcher(None, known, word.casefold()).ratio()


def _unknown_key(path: tuple[str | int, ...], keys: tuple[str, ...]) -> Complaint:
    hint = did_you_mean(str(path[-1]), keys, listed=20)
    return Complaint(code="EW101", message=f"unknown key {path[-1]!r}", hint=hint, about_key=True)


def _missing_key(path: tuple[str | int, ...], value: Any, walk: SchemaWalk) -> Complaint:
    words = walk.words_at(path, value)
    types = walk.types_at(path, value)
    wanted = [_WANTED[t] for t in sorted(types) if t in _WANTED]
    if "object" in types and (mapping := _mapping_wanted("", walk.form_at(path))):
        wanted = [mapping, *(f'"{word}"' for word in words)]
        words = ()
    hint = f"one of {', '.join(words)}" if words else " or ".join(wanted)
    where = f" in {_name(path[:-1])}" if len(path) > 1 else ""
    message = f"the key {path[-1]!r} is missing{where}"
    return Complaint(code="EW103", message=message, hint=hint and f"{path[-1]}: {hint}")


def _wrong_key(error: Any, words: tuple[str, ...]) -> Complaint:
    key = str(error["input"])
    pattern = error.get("ctx", {}).get("pattern", "")
    hint = did_you_mean(key, words) or EXAMPLES.get(str(pattern), "") or _bound(error) or _type_wanted(error)
    return Complaint(code="EW104", message=f"the key {key!r} is not allowed here", hint=hint, about_key=True)


def _wrong_kind(error: Any, expected: tuple[str, ...]) -> Complaint:
    context = error.get("ctx", {})
    discriminator = str(context.get("discriminator", "")).strip("'")
    if error["type"] == "union_tag_not_found":
        hint = f"{discriminator}: one of {', '.join(expected)}"
        return Complaint(code="EW103", message=f"the key {discriminator!r} is missing", hint=hint)
    tag = str(context.get("tag", ""))
    message = f"{discriminator}: {tag!r} is not known"
    return Complaint(code="EW104", message=message, hint=did_you_mean(tag, expected, listed=40))


def _no_branch(errors: Sequence[Any], path: tuple[str | int, ...], value: Any, walk: SchemaWalk) -> Complaint:
    """A plain union refused the value: name every form it could have had, once."""
    words = walk.words_at(path, value)
    forms = [f"one of {', '.join(words)}"] if len(words) > 1 else [f'"{word}"' for word in words]
    for error in errors:
        form = EXAMPLES.get(str(error.get("ctx", {}).get("pattern"))) or _type_wanted(error)
        if form and form not in forms:
            forms.append(form)
    return Complaint(
        code="EW102",
        message=f"{_name(path)} cannot be {_shown(errors[0]['input'])}",
        hint=" or ".join(forms),
    )


def _wrong_value(error: Any, path: tuple[str | int, ...], value: Any, walk: SchemaWalk) -> Complaint:
    kind, context, given = str(error["type"]), error.get("ctx", {}), error["input"]
    name = _name(path)
    if kind in {"enum", "literal_error"}:
        words = walk.words_at(path, value)
        hint = did_you_mean(str(given), words) or f"one of {', '.join(words)}"
        return Complaint(code="EW104", message=f"{name}: {_shown(given)} is not allowed", hint=hint)
    if kind == "string_pattern_mismatch":
        hint = EXAMPLES.get(str(context.get("pattern")), f"it must match {context.get('pattern')}")
        return Complaint(code="EW104", message=f"{name}: {_shown(given)} is not allowed", hint=hint)
    if kind in {"value_error", "assertion_error"}:
        return Complaint(code="EW107", message=str(error["msg"]).split(", ", 1)[-1])
    if kind in {"too_short", "too_long", "string_too_short", "string_too_long"}:
        return _wrong_length(kind, name, error)
    if kind.startswith(("greater_than", "less_than", "finite")):
        message = f"{name}: {_shown(given)} is out of range"
        return Complaint(code="EW105", message=message, hint=_bound(error) or _lower_first(str(error["msg"])))
    return _wrong_type(error, path, value, walk)


def _bound(error: Any) -> str:
    context = error.get("ctx", {})
    return next((f"{word} {_plain(context[key])}" for key, word in _BOUNDS.items() if key in context), "")


def _plain(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


def _wrong_length(kind: str, name: str, error: Any) -> Complaint:
    context = error.get("ctx", {})
    least, most = context.get("min_length"), context.get("max_length")
    unit = "characters" if kind.startswith("string") else "entries"
    bound = f"at least {least}" if kind.endswith("short") else f"at most {most}"
    return Complaint(code="EW106", message=f"{name} takes {bound} {unit}, it has {len(error['input'])}")


def _wrong_type(error: Any, path: tuple[str | int, ...], value: Any, walk: SchemaWalk) -> Complaint:
    given, form = error["input"], _wanted_type(error)
    wanted = _type_wanted(error)
    if form == "array" and isinstance(given, str):
        needed = walk.form_at((*path, 0))
        inside = _mapping_wanted("", needed).removeprefix("a mapping: ")
        wanted = f"a list: [{inside or _shown(given).strip(chr(39))}]" + ("; [] for none" if inside else "")
    elif form == "array" and isinstance(given, dict):
        wanted = 'a list: put "- " before the first key, and two spaces before the others'
    elif form == "object":
        words = [f'"{word}"' for word in walk.words_at(path, value)]
        kinds = walk.kinds_at(path, value) if path else ()
        tagged = f"a mapping: {{{walk.kind_key_at(path, value)}: one of {', '.join(kinds)}}}" if kinds else ""
        wanted = " or ".join([tagged or _mapping_wanted(given, walk.form_at(path)) or wanted, *words])
    hint = wanted or _lower_first(str(error["msg"]))
    return Complaint(code="EW102", message=f"{_name(path)} cannot be {_shown(given)}", hint=hint)


def _mapping_wanted(given: Any, needed: Sequence[tuple[str, bool]]) -> str:
    """The mapping with the keys it needs; a day that was given alone stands at the one that takes a day."""
    if not 0 < len(needed) <= MOST_KEYS_SHOWN:
        return ""
    day = str(given) if _DAY.fullmatch(str(given)) else ""
    is_day = day and _is_a_day(day)
    pairs = (f"{key}: {day if takes_day and is_day else '…'}" for key, takes_day in needed)
    said = f"a mapping: {{{', '.join(pairs)}}}"
    return f"there is no such day; {said}" if day and not is_day else said


def _is_a_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _type_wanted(error: Any) -> str:
    """What would be right: the very number where only its unit, sign or comma is wrong."""
    given, wanted = str(error["input"]), _wanted_type(error)
    if str(error["type"]).startswith("date"):
        return f"{'there is no such day; ' if _DAY.match(given) else ''}a date, such as 2023-08-01"
    if wanted in {"integer", "number"} and (meant := _meant(given, error["loc"], whole=wanted == "integer")):
        return f"{_WANTED[wanted].partition(',')[0]}: {meant}"
    return _WANTED.get(wanted, "")


def _meant(given: str, place: Sequence[str | int], *, whole: bool) -> str:
    """Return the number of "0,75", "75 %" (a fraction: 0.75), or "14d" under a key of days; nothing where it could be another."""
    written = _MEASURED.fullmatch(given.strip())
    if written is None:
        return ""
    number, unit = written["whole"], written["unit"]
    if whole:
        of_days = unit in {"d", "day", "days"} and any("days" in str(step) for step in place)
        return number if of_days and not written["part"] else ""
    number = f"{number}.{written['part']}" if written["part"] else number
    if unit == "%":
        return f"{float(number) / 100:g}"
    return number if not unit else ""


def _wanted_type(error: Any) -> str:
    return _TYPE_OF_ERROR.get(str(error["type"]).split("_")[0], "")


def _name(path: tuple[str | int, ...]) -> str:
    if not path:
        return "the file"
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else step
    return name


def _shown(given: Any) -> str:
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list | tuple):
        return "a list"
    text = str(given)
    if not text:
        return "empty"
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
