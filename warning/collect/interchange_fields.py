"""Reading the fields of an interchange record. ValueError says what is wrong and what would be right."""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any

from warning.core.evidence import period_end
from warning.core.vocabulary import Marking

MARKINGS = frozenset(marking.value for marking in Marking)

Record = Mapping[str, Any]


def texts(record: Record, names: tuple[str, ...]) -> list[str]:
    values = [record.get(name) for name in names]
    for name, value in zip(names, values, strict=True):
        if type(value) is not str:
            raise ValueError(f"'{name}' is {kind_of(value)}; a text is right")
    return values  # type: ignore[return-value]  # each was found to be a str


def optional_texts(record: Record, names: tuple[str, ...]) -> list[str]:
    values = [record.get(name) or "" for name in names]
    for name, value in zip(names, values, strict=True):
        if type(value) is not str:
            raise ValueError(f"'{name}' is {kind_of(value)}; a text or null is right")
    return values


def figure(record: Record) -> float | None:
    if "value" not in record:
        raise ValueError("'value' is missing; a number, or null for a missing cell, is right")
    value = record["value"]
    if value is None:
        return None
    if type(value) not in (int, float):
        raise ValueError(f"'value' is {kind_of(value)}; a number, or null for a missing cell, is right")
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"'value' is too large: {value!r}")
    return number


def time(record: Record, name: str) -> datetime:
    moment = optional_time(record, name)
    if moment is None:
        raise ValueError(f"'{name}' is missing; a time such as 2023-09-20T00:00:00+00:00 is right")
    return moment


def optional_time(record: Record, name: str) -> datetime | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    if type(value) is not str:
        raise ValueError(f"'{name}' is {kind_of(value)}; a time such as 2023-07-03T18:30:00+08:00 is right")
    try:
        return _instant(value)
    except (ValueError, OverflowError):
        raise ValueError(
            f"'{name}' is {value!r}; a time with its offset, such as 2023-07-03T18:30:00+08:00, is right"
        ) from None


@lru_cache(maxsize=8192)  # figures of one publication share their time
def _instant(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


@lru_cache(maxsize=8192)
def check_period(period: str, frequency: str) -> None:
    try:
        period_end(period)
        shaped = _frequency_of(period)
    except (ValueError, OverflowError):
        shaped = ""
    if shaped != frequency:
        right = {"D": "2023-08-01", "W": "2023-W31", "M": "2023-08", "Q": "2023-Q3", "A": "2023"}[frequency]
        raise ValueError(
            f"'period' is {period!r}; with frequency {frequency} a period such as {right} is right"
        )


def _frequency_of(period: str) -> str:
    if "W" in period:
        return "W"
    if "Q" in period:
        return "Q"
    return {10: "D", 7: "M", 4: "A"}.get(len(period), "")


def marking(value: object) -> Marking | None:
    if value is None:
        return None
    if value not in MARKINGS:
        refuse_word("marking", value, MARKINGS)
    return Marking(str(value))


def release(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    if type(value) is not list or not all(type(code) is str for code in value):
        raise ValueError('\'release_to\' takes a list of country codes such as ["JP", "KR"], or null for all')
    return frozenset(value)


def refuse_unknown(record: Record, known: frozenset[str]) -> None:
    name = min(record.keys() - known)
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"
    raise ValueError(f"unknown key '{name}'; {hint}")


def refuse_word(name: str, value: object, words: frozenset[str]) -> None:
    raise ValueError(f"'{name}' is {value!r}; one of {', '.join(sorted(words))} is right")


def refuse_half_characters(record: object) -> None:
    """JSON can spell half of a surrogate pair, which no UTF-8 file and no database can hold."""
    if isinstance(record, str):
        try:
            record.encode()
        except UnicodeEncodeError:
            raise ValueError(
                f"{record[:40]!a} holds half of a surrogate pair, which is no character"
            ) from None
    elif isinstance(record, dict):
        for name, value in record.items():
            refuse_half_characters(name)
            refuse_half_characters(value)
    elif isinstance(record, list):
        for value in record:
            refuse_half_characters(value)


def kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "missing" if value is None else names.get(type(value), "a number")
