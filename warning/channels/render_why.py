"""Why an alert's rule fired, in the desk's language, from the parameters that its detector left."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from warning.channels.acts_named import act_said
from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.channels.when import day, period
from warning.core.alerts import Alert
from warning.core.signals import Reason

REASON_LIMIT = 400

_WINDOW = re.compile(r"(\d+) (day|week|month|quarter|year)s?")
_MOVE = re.compile(r"([\d.,]+) % (over|under)")
_TIMES = re.compile(r"([\d.,]+) times")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d[\d.,]*")


def reasons(alert: Alert, naming: Naming) -> tuple[str, ...]:
    """Return the rule's title and each reason; one the catalogue does not know stays as its detector wrote it."""
    said = [naming.say("reason.rule", title=naming.rule(alert.rule_id, alert.rule_title))]
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
    """Say windows, moves, days, fields and states in the desk's language; figures and quotations stay as they are."""
    said = {name: SAID[name](text, naming) if name in SAID else text for name, text in params.items()}
    if "threshold" in said:
        found = _NUMBER.search(said["threshold"])
        said["limit"] = found.group() if found else said["threshold"]
    if "days" in said:
        key = "between.same_day" if said["days"] == "0" else "between.days"
        said["between"] = naming.say(key, days=said["days"])
    for event in ("first", "last"):
        if f"{event}_event" in said:
            said[event] = naming.event(said[f"{event}_event"])
    return said


def _day(text: str, naming: Naming) -> str:
    return day(date.fromisoformat(text), naming.language) if _ISO_DAY.fullmatch(text) else text


def _register_field(name: str, naming: Naming) -> str:
    key = f"register_field.{name.replace(' ', '_')}"
    return naming.say(key) if key in naming.words else name


def _field(text: str, naming: Naming) -> str:
    return naming.say(f"text_field.{text}") if f"text_field.{text}" in naming.words else text


def _acts(text: str, naming: Naming) -> str:
    """Codes of acts in words; what is said in words already stays."""
    known = naming.book.terms.acts
    return naming.words.join([naming.act(a) if a in known else a for a in text.split(",")])


def _returning(text: str, naming: Naming) -> str:
    """Numbers of acts, or of clauses of them ("MOFCOM 2024/46 (2)"), with a comma between two."""
    parts = [one.partition(" (") for one in text.split(", ")]
    return ", ".join(f"{act_said(number, naming)}{mark}{clause}" for number, mark, clause in parts)


def _quoted(text: str, naming: Naming) -> str:
    words = (naming.say("value.quoted", word=word) for word in text.split(" + "))
    return naming.say("join.quoted").join(words)


def _window(text: str, naming: Naming) -> str:
    found = _WINDOW.fullmatch(text)
    if found is None:
        return text
    return naming.say(f"window.{found[2]}", count=found[1])


def _move(text: str, naming: Naming) -> str:
    if found := _MOVE.fullmatch(text):
        return naming.say(f"move.{found[2]}", ratio=found[1])
    if found := _TIMES.fullmatch(text):
        return naming.say("move.times", times=found[1])
    return text


SAID: Mapping[str, Callable[[str, Naming], str]] = {
    "window": _window,
    "move": _move,
    "day": _day,
    "first_day": _day,
    "last_day": _day,
    "since": _day,
    "until": _day,
    "sought": _acts,
    "measure": act_said,
    "instrument": lambda text, naming: naming.number(text),
    "acts": _returning,
    "act_day": _day,
    "field": _field,
    "words": _quoted,
    "period": lambda text, naming: period(text, naming.say, naming.language),
    "fields": lambda text, naming: naming.words.join([_register_field(n, naming) for n in text.split(", ")]),
    "step": lambda text, naming: naming.say(f"step.{text}"),
    "countries": lambda text, naming: naming.states(tuple(text.split(", ")), 8),
}
