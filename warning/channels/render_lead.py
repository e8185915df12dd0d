"""The sentences at the top of a message: what happened, and why it matters to this desk."""

from datetime import date
from typing import get_args

from warning.channels.naming import Naming, at_start, within_sentence
from warning.channels.plain import plain, shorten
from warning.channels.render_why import translated
from warning.channels.when import day, weekday
from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert
from warning.core.chain_codes import SUSPENDED
from warning.core.deadline_rules import DateKind, is_deadline
from warning.core.exposure import Dependence
from warning.core.figure_grounds import is_taken_back
from warning.core.rules import ListingRule, SeriesRule
from warning.core.sequence_rules import is_pattern
from warning.core.signals import Facts, Reason

TITLE_LIMIT = 79
NAME_LIMIT = 80
# The reasons of a countdown that name what applies again.
_RETURNING = frozenset({"deadline.returns", "deadline.may_return"})

# Which way a series went, by the condition that held.
_WAYS = {
    "change_up": "_up",
    "spike_up": "_up",
    "surge": "_up",
    "high": "_high",
    "change_down": "_down",
    "spike_down": "_down",
    "drop": "_down",
    "low": "_low",
    "zero": "_stop",
    "year_up": "_up",
    "shift_up": "_up",
    "year_down": "_down",
    "shift_down": "_down",
    "cliff": "_down",
    # What is made of several series goes no way of its own: its act has a sentence.
    "cross_up": "",
    "cross_down": "",
    "drift_up": "",
    "drift_down": "",
}


def title_line(alert: Alert, naming: Naming, country: str) -> str:
    """Return "[TLP:GREEN] HIGH · China · Gallium: export control", under 80 characters.

    A countdown has the number of its act where that fits: dates of several acts come on one day.
    """
    line = _line(alert, naming, "title.line", level=naming.level(alert.severity_for(country)))
    if not is_deadline(alert.story) or not alert.facts.instrument:
        return line
    return _with_mark(line, naming, plain(alert.facts.instrument, NAME_LIMIT))


def subject_line(alert: Alert, naming: Naming) -> str:
    """Return the title without its level: what an alert is called over all its versions.

    The instrument, or the day it opened, keeps two alerts on one subject apart in a mailbox.
    """
    line = _line(alert, naming, "title.subject")
    mark = plain(alert.facts.instrument or "", NAME_LIMIT) or day(alert.opened_at, naming.language)
    return _with_mark(line, naming, mark)


def _with_mark(line: str, naming: Naming, mark: str) -> str:
    marked = line + naming.aside(mark)
    return marked if len(marked) <= TITLE_LIMIT else line


def _line(alert: Alert, naming: Naming, key: str, **values: str) -> str:
    """Name as many materials as fit; the marking, the level, the state and the act always stay."""
    facts = alert.facts
    values = {**values, "marking": alert.marking.value, "act": at_start(naming.act(facts.act))}
    things = [within_sentence(naming.material(m)) for m in facts.materials] or [
        plain(n, NAME_LIMIT) for n in facts.names
    ]
    first_ones = [things[:shown] for shown in range(min(len(things), 3), 0, -1)]
    line = ""
    for named in [*first_ones, *([thing] for thing in things[1:]), []]:
        subject = _subject(facts, naming, named, len(things) - len(named))
        line = naming.say(key, subject=subject, **values) if subject else naming.say(f"{key}_bare", **values)
        if len(line) <= TITLE_LIMIT:
            return line
    return shorten(line, TITLE_LIMIT)


def _subject(facts: Facts, naming: Naming, named: list[str], more: int) -> str:
    who = [naming.states(facts.actors, 2)] if facts.actors else []
    if not named:
        return " · ".join(who)
    kind = "value.more_short" if facts.materials else "value.more_short_names"
    rest = [naming.say(kind, count=more)] if more else []
    return " · ".join([*who, " ".join([at_start(naming.say("join.list").join(named)), *rest])])


def lead(alert: Alert, naming: Naming, country: str) -> str:
    """Return what happened, when it takes effect, and what that means for one country."""
    separator = "" if naming.language == "ja" else " "
    return separator.join(
        [
            *([naming.say("lead.cancelled")] if alert.is_cancelled else []),
            *_set_aside(alert, naming),
            _as_known(alert, naming),
            *_figure(alert, naming),
            *_aim(alert, naming, country),
            *_dates(alert, naming),
            stake(alert, naming, country),
        ]
    )


def _set_aside(alert: Alert, naming: Naming) -> list[str]:
    reason = set_aside(alert)
    if reason is None:
        return []
    params = translated(dict(reason.params), naming)
    return [naming.say("lead.set_aside", date=params["day"], instrument=naming.number(params["instrument"]))]


def set_aside(alert: Alert) -> Reason | None:
    """Return the reason that says by what the act was set aside, None for one that stands."""
    return next((r for r in reversed(alert.why) if r.code == SUSPENDED), None)


def _as_known(alert: Alert, naming: Naming) -> str:
    """Say what happened; that nobody official has said so is said with it. A countdown rests on what is known."""
    said = what_happened(alert, naming)
    is_told = not (is_deadline(alert.story) or is_absence(alert.story) or is_about_figures(alert, naming))
    if not is_told or alert.is_cancelled or any(e.official for e in alert.exhibits):
        return said
    by_missions = bool(alert.exhibits) and all(e.kind == "mission" for e in alert.exhibits)
    return naming.say("lead.reported_by_mission" if by_missions else "lead.reported", said=said)


def what_happened(alert: Alert, naming: Naming) -> str:
    facts = alert.facts
    values = {
        "who": naming.states_said(facts.actors) if facts.actors else naming.say("who.unknown"),
        "what": naming.materials(facts.materials) if facts.materials else naming.say("what.unknown"),
        "act": within_sentence(naming.act(facts.act)),
        **_number_said(alert, naming),
        "targets": naming.states_said(facts.targets),
        "names": naming.listed([plain(n, NAME_LIMIT) for n in facts.names], 3),
        **_day_said(alert, naming),
    }
    return at_start(naming.say(_lead_key(alert, naming), **values))


def _number_said(alert: Alert, naming: Naming) -> dict[str, str]:
    """The act's number, and where it stands in the end of a suspension: most often it is of the act that suspends.

    An act that was suspended without one that the register knows names itself as what applies again.
    """
    number = alert.facts.instrument
    said = naming.aside(naming.number(number)) if number else ""
    is_suspended = any(r.code in _RETURNING and dict(r.params)["acts"] == number for r in alert.why)
    suspension, restriction = ("", said) if is_suspended else (said, "")
    return {"instrument": said, "suspension": suspension, "restriction": restriction}


def _counted_keys(alert: Alert, bare: str) -> list[str]:
    """A date is said to come or to be past; one that nobody knows has no sentence."""
    if counted_day(alert) is None:
        return []
    act = "suspension_end" if alert.facts.act == "suspension_lapsed" else alert.facts.act
    return [f"lead.{act}_past{bare}", "lead.date_past"] if is_past(alert) else [f"lead.{act}{bare}"]


def _day_said(alert: Alert, naming: Naming) -> dict[str, str]:
    """The day a countdown is about, as its newest version saw it: soon, tomorrow, today, or so many days ago."""
    counted = counted_day(alert)
    if counted is None:
        return {}
    days = (alert.updated_at.date() - counted).days
    # What a suspension sets aside still is on its last day: it applies again the day after.
    ahead = int(alert.facts.act == "suspension_end") - days
    when = naming.say("when." + {0: "today", 1: "tomorrow"}.get(ahead, "soon"))
    return {"when": when, "days": str(days), "date": weekday(counted, naming.language)}


def counted_day(alert: Alert) -> date | None:
    """Return the day a countdown is about; None for every other alert."""
    return alert.facts.expires or alert.facts.effective if is_deadline(alert.story) else None


def is_past(alert: Alert) -> bool:
    """Whether the day a countdown is about lay behind the alert's newest version."""
    counted = counted_day(alert)
    return counted is not None and counted < alert.updated_at.date()


def _lead_key(alert: Alert, naming: Naming) -> str:
    """Figures and lists have sentences of their own; an act the catalogues know speaks for itself."""
    facts, rule = alert.facts, _rule(alert, naming)
    if isinstance(rule, ListingRule):
        return "lead.listing_names" if facts.names else "lead.listing"
    if is_about_figures(alert, naming):
        return _figures_key(alert, rule, naming)
    bare = "" if facts.materials else "_bare"
    keys = [f"lead.{facts.direction}{bare}"]
    if facts.act in get_args(DateKind):
        keys = [*_counted_keys(alert, bare), *keys]
    else:
        keys.insert(0, f"lead.{facts.act}{bare}")
    if not facts.actors:
        keys.insert(0, f"lead.{facts.act}_unattributed")
    return next(key for key in keys if key in naming.words)


def _figures_key(alert: Alert, rule: object, naming: Naming) -> str:
    """Say which way the figures went, as the first reason about them has it."""
    facts = alert.facts
    measures = rule.select.measures if isinstance(rule, SeriesRule) else ()
    is_price = "price" in facts.act or any(m in {"price", "index", "unit_value"} for m in measures)
    if any(difference.code == "corrected" for difference in alert.differences) and is_taken_back(alert):
        return "lead.figures_corrected"
    if f"lead.{facts.act}" in naming.words and isinstance(rule, SeriesRule) and rule.combine is not None:
        return f"lead.{facts.act}"
    first = figure_reason(alert)
    way = _WAYS.get(first.code.removeprefix("series."), "") if first else ""
    if is_price:
        return f"lead.price{way.replace('stop', 'down')}"
    return f"lead.flow{way}_to" if facts.targets and facts.actors else f"lead.flow{way}"


def figure_reason(alert: Alert) -> Reason | None:
    """Return the first reason that compares a figure with a reference, None in an alert about no figure."""
    return next((r for r in alert.why if r.code.removeprefix("series.") in _WAYS), None)


def is_about_figures(alert: Alert, naming: Naming) -> bool:
    """Whether figures are what it tells of. An act that figures bear out stays an act, as its rule says."""
    rule = _rule(alert, naming)
    if rule is not None:
        return isinstance(rule, SeriesRule)
    apart = is_deadline(alert.story) or is_absence(alert.story) or is_pattern(alert.story)
    return bool(alert.story) and not apart


def is_about_a_list(alert: Alert, naming: Naming) -> bool:
    return isinstance(_rule(alert, naming), ListingRule)


def _rule(alert: Alert, naming: Naming) -> object:
    return next((rule for rule in naming.book.rules if rule.id == alert.rule_id), None)


def _figure(alert: Alert, naming: Naming) -> list[str]:
    """Give the figure itself beside its reference; a figure of nothing at all has been said already."""
    reason = figure_reason(alert)
    params = translated(dict(reason.params), naming) if reason else {}
    if not {"period", "observed", "baseline", "move"} <= params.keys() or (
        reason and reason.code == "series.zero"
    ):
        return []
    return [plain(naming.say("lead.figure", **params), 240)]


def _aim(alert: Alert, naming: Naming, country: str) -> list[str]:
    """Say who an act is aimed at, unless it is this country: that is its stake then."""
    targets = alert.facts.targets
    if not targets or country in targets or is_about_figures(alert, naming):
        return []
    return [naming.say("lead.aimed", targets=naming.states_said(targets))]


def _dates(alert: Alert, naming: Naming) -> list[str]:
    facts, said = alert.facts, []
    if facts.effective:
        key = "lead.from_past" if facts.effective < alert.updated_at.date() else "lead.from"
        said.append(naming.say(key, date=weekday(facts.effective, naming.language)))
    if facts.expires and not _says_its_end(alert):
        key = "lead.until_past" if facts.expires < alert.updated_at.date() else _until_key(alert, naming)
        said.append(naming.say(key, date=weekday(facts.expires, naming.language)))
    return said if set_aside(alert) is None else []


def _until_key(alert: Alert, naming: Naming) -> str:
    """What ends on the day: a suspension or the time to comment is said by its name, not as the end of the act."""
    key = f"lead.until_{alert.facts.act}"
    return key if is_deadline(alert.story) and key in naming.words else "lead.until"


def _says_its_end(alert: Alert) -> bool:
    return is_past(alert) and alert.facts.act in {"suspension_end", "suspension_lapsed", "comment_end"}


def stake(alert: Alert, naming: Naming, country: str) -> str:
    """Return why this matters to the country: named, its own act, or what it depends on."""
    return at_start(_stake(alert, naming, country, naming.state_said(country)))


def _stake(alert: Alert, naming: Naming, country: str, name: str) -> str:
    facts = alert.facts
    if facts.actors == (country,):
        return naming.say("stake.own", country=name)
    if country in facts.targets and not is_about_figures(alert, naming):
        return naming.say("stake.target", country=name)
    known = exposures(facts, naming, country)
    if not known:
        return _unknown_stake(facts, naming, country, name)
    material, dependence = min(known, key=lambda pair: (pair[1].grade, not _has_figures(pair[1])))
    return _dependence(name, within_sentence(naming.material(material)), dependence, naming)


def _unknown_stake(facts: Facts, naming: Naming, country: str, name: str) -> str:
    """Without a line for what is named the table's own default counts; without a name nothing does."""
    exposure = naming.book.exposure.get(country)
    if not facts.materials:
        return naming.say("stake.no_material", country=name)
    if exposure is None:
        return naming.say("stake.none", country=name)
    return naming.say("stake.default", country=name, grade=exposure.default_grade)


def exposures(facts: Facts, naming: Naming, country: str) -> list[tuple[str, Dependence]]:
    """Return the country's entries on the materials named, each once: its own, else that of the group it belongs to."""
    exposure = naming.book.exposure.get(country)
    if exposure is None:
        return []
    found = (exposure.dependence(material, naming.book.terms.materials) for material in facts.materials)
    return list({entry[0]: entry for entry in found if entry is not None}.values())


def _has_figures(on: Dependence) -> bool:
    return on.year is not None and (on.net_import_reliance is not None or on.top_supplier_share is not None)


def _dependence(country: str, material: str, on: Dependence, naming: Naming) -> str:
    has_reliance = on.net_import_reliance is not None and on.year is not None
    has_share = on.top_supplier_share is not None and on.top_supplier is not None and on.year is not None
    kind = {(True, True): "both", (True, False): "reliance", (False, True): "share"}.get(
        (has_reliance, has_share), "grade"
    )
    return naming.say(
        f"stake.{kind}",
        country=country,
        material=material,
        grade=on.grade,
        year=on.year or "",
        reliance=reliance_said(on, naming),
        share=percent(on.top_supplier_share),
        supplier=naming.state_said(on.top_supplier) if on.top_supplier else "",
    )


def reliance_said(on: Dependence, naming: Naming) -> str:
    """Return the reliance on imports as it was published: a count, or no more than that it is above a number."""
    said = percent(on.net_import_reliance)
    return naming.say("value.more_than", ratio=said) if said and on.reliance_is == "more_than" else said


def percent(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio * 100:.3g}%"


def next_step(alert: Alert, naming: Naming) -> str:
    """Return what an officer does with this, by what kind of event it is."""
    facts = alert.facts
    what = naming.materials(facts.materials) if facts.materials else naming.say("what.concerned")
    effective = weekday(facts.effective, naming.language) if facts.effective else ""
    values = {"date": effective, **_day_said(alert, naming)}
    return naming.say(f"next.{_next_kind(alert, naming)}", what=what, **values)


def _deadline_kind(alert: Alert) -> str:
    counted = counted_day(alert)
    if counted == alert.updated_at.date():
        return "deadline_today"
    return "deadline_past" if is_past(alert) else "deadline"


def _next_kind(alert: Alert, naming: Naming) -> str:
    facts = alert.facts
    if alert.is_cancelled:
        return "cancelled"
    if set_aside(alert) is not None:
        return "easing"
    if is_deadline(alert.story):
        return _deadline_kind(alert)
    if is_absence(alert.story):
        return "overdue"
    if is_about_figures(alert, naming):
        return "figures"
    if is_about_a_list(alert, naming):
        return "listing"
    if facts.direction != "tightening":
        return facts.direction
    if not any(e.official for e in alert.exhibits):
        return "unconfirmed"
    if facts.effective and facts.effective > alert.updated_at.date():
        return "tightening_dated"
    return "tightening"
