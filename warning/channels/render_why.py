"""Why an alert's rule fired, in the desk's language, from the parameters that its detector left."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.channels.when import day
from warning.core.alerts import Alert
from warning.core.signals import Reason

REASON_LIMIT = 400

_WINDOW = re.compile(r"(\d+) (day|week|month|quarter|year)s?")
_MOVE = re.compile(r"([\d.,]+) % (over|under)")
_TIMES = re.compile(r"([\d.,]+) times")
_NUMBER = re.compile(r"\d[\d.,]*")


def reasons(alert: Alert, naming: Naming) -> tuple[str, ...]:
    """Return the rule's title and each reason; one the catalogue does not know stays as its detector wrote it."""
    said = [naming.say("reason.rule", title=plain(alert.rule_title, 160))]
    return (*said, *(_reason(reason, naming) for reason in _merged(alert.why)))


def _merged(why: Iterable[Reason]) -> tuple[Reason, ...]:
    """Quote each sentence once, with all the words that were found in it."""
    merged: dict[tuple[str, ...], Reason] = {}
    for reason in why:
        params = dict(reason.params)
        key = (reason.code, params.get("field", ""), params.get("sentence", reason.text))
        before = merged.get(key)
        if before is not None and "words" in params:
            words = dict.fromkeys([*dict(before.params)["words"].split(" + "), *params["words"].split(" + ")])
            params["words"] = " + ".join(words)
        merged[key] = replace(reason, params=tuple(params.items()))
    return tuple(merged.values())


def _reason(reason: Reason, naming: Naming) -> str:
    key = f"reason.{reason.code}"
    if key not in naming.words:
        return plain(reason.text, REASON_LIMIT)
    try:
        return plain(naming.say(key, **translated(dict(reason.params), naming)), REASON_LIMIT)
    except KeyError:  # an alert stored long ago may lack a parameter that today's sentence names
        return plain(reason.text, REASON_LIMIT)


def translated(params: Mapping[str, str], naming: Naming) -> dict[str, str]:
    """Say windows, moves, fields and states in the desk's language; figures and quotations stay as they are."""
    said = dict(params)
    if "window" in said:
        said["window"] = _window(said["window"], naming)
    if "move" in said:
        said["move"] = _move(said["move"], naming)
    if "threshold" in said:
        found = _NUMBER.search(said["threshold"])
        said["limit"] = found.group() if found else said["threshold"]
    if f"text_field.{said.get('field')}" in naming.words:
        said["field"] = naming.say(f"text_field.{said['field']}")
    for event in ("first", "last"):
        if f"{event}_event" in said:
            said[event] = naming.event(said[f"{event}_event"])
    if "step" in said:
        said["step"] = naming.say(f"step.{said['step']}")
    if "day" in said and "step" in said:
        said["day"] = day(date.fromisoformat(said["day"]), naming.language)
    if "countries" in said:
        said["countries"] = naming.states(tuple(said["countries"].split(", ")), 8)
    return said


def _window(text: str, naming: Naming) -> str:
    found = _WINDOW.fullmatch(text)
    if found is None or (naming.language == "en" and found[1] == "1"):
        return text
    return naming.say(f"window.{found[2]}", count=found[1])


def _move(text: str, naming: Naming) -> str:
    if found := _MOVE.fullmatch(text):
        return naming.say(f"move.{found[2]}", ratio=found[1])
    if found := _TIMES.fullmatch(text):
        return naming.say("move.times", times=found[1])
    return text
