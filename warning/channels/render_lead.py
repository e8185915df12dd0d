"""The sentences at the top of a message: what happened, and why it matters to this desk."""

from warning.channels.naming import Naming, at_start, within_sentence
from warning.channels.plain import plain, shorten
from warning.channels.when import day
from warning.core.alerts import Alert
from warning.core.exposure import Dependence
from warning.core.rules import ListingRule, SeriesRule
from warning.core.signals import Facts

TITLE_LIMIT = 79
NAME_LIMIT = 80


def title_line(alert: Alert, naming: Naming, country: str) -> str:
    """Return "[TLP:GREEN] HIGH · China · Gallium: export control", under 80 characters."""
    return _line(alert, naming, "title.line", level=naming.level(alert.severity_for(country)))


def subject_line(alert: Alert, naming: Naming) -> str:
    """Return the title without its level: what an alert is called over all its versions."""
    return _line(alert, naming, "title.subject")


def _line(alert: Alert, naming: Naming, key: str, **values: str) -> str:
    """Name as many materials as fit; the marking, the level, the state and the act always stay."""
    facts = alert.facts
    values = {**values, "marking": alert.marking.value, "act": at_start(naming.act(facts.act))}
    things = [within_sentence(naming.material(m)) for m in facts.materials] or [
        plain(n, NAME_LIMIT) for n in facts.names
    ]
    line = ""
    for shown in range(min(len(things), 3), -1, -1):
        subject = _subject(facts, naming, things, shown)
        line = naming.say(key, subject=subject, **values) if subject else naming.say(f"{key}_bare", **values)
        if len(line) <= TITLE_LIMIT:
            return line
    return shorten(line, TITLE_LIMIT)


def _subject(facts: Facts, naming: Naming, things: list[str], shown: int) -> str:
    parts = list(things[:shown])
    if parts and len(things) > shown:
        parts.append(naming.say("value.more_short", count=len(things) - shown))
    who = [naming.states(facts.actors, 2)] if facts.actors else []
    return " · ".join([*who, at_start(naming.say("join.list").join(parts))] if parts else who)


def lead(alert: Alert, naming: Naming, country: str) -> str:
    """Return what happened, when it takes effect, and what that means for one country."""
    separator = "" if naming.language == "ja" else " "
    return separator.join(
        [what_happened(alert, naming), *_dates(alert.facts, naming), stake(alert, naming, country)]
    )


def what_happened(alert: Alert, naming: Naming) -> str:
    facts = alert.facts
    values = {
        "who": naming.states_said(facts.actors) if facts.actors else naming.say("who.unknown"),
        "what": naming.materials(facts.materials) if facts.materials else naming.say("what.unknown"),
        "act": within_sentence(naming.act(facts.act)),
        "targets": naming.states_said(facts.targets),
        "names": naming.listed([plain(n, NAME_LIMIT) for n in facts.names], 3),
    }
    return at_start(naming.say(_lead_key(alert, naming), **values))


def _lead_key(alert: Alert, naming: Naming) -> str:
    """Figures and lists have sentences of their own; an act the catalogues know speaks for itself."""
    facts, rule = alert.facts, _rule(alert, naming)
    if isinstance(rule, ListingRule):
        return "lead.listing_names" if facts.names else "lead.listing"
    if is_about_figures(alert, naming):
        measures = rule.select.measures if isinstance(rule, SeriesRule) else ()
        if any("price" in m or "value" in m or "index" in m for m in measures) or "price" in facts.act:
            return "lead.price"
        return "lead.flow_to" if facts.targets and facts.actors else "lead.flow"
    key = f"lead.{facts.act}"
    return key if key in naming.words else f"lead.{facts.direction}"


def is_about_figures(alert: Alert, naming: Naming) -> bool:
    return bool(alert.story) or isinstance(_rule(alert, naming), SeriesRule)


def is_about_a_list(alert: Alert, naming: Naming) -> bool:
    return isinstance(_rule(alert, naming), ListingRule)


def _rule(alert: Alert, naming: Naming) -> object:
    return next((rule for rule in naming.book.rules if rule.id == alert.rule_id), None)


def _dates(facts: Facts, naming: Naming) -> list[str]:
    said = []
    if facts.effective:
        said.append(naming.say("lead.from", date=day(facts.effective, naming.language)))
    if facts.expires:
        said.append(naming.say("lead.until", date=day(facts.expires, naming.language)))
    return said


def stake(alert: Alert, naming: Naming, country: str) -> str:
    """Return why this matters to the country: named, its own act, or what it depends on."""
    return at_start(_stake(alert, naming, country, naming.state_said(country)))


def _stake(alert: Alert, naming: Naming, country: str, name: str) -> str:
    facts = alert.facts
    if facts.actors == (country,):
        return naming.say("stake.own", country=name)
    if country in facts.targets and not is_about_figures(alert, naming):
        return naming.say("stake.target", country=name)
    exposure = naming.book.exposure.get(country)
    known = [(m, exposure.materials[m]) for m in facts.materials if exposure and m in exposure.materials]
    if not known:
        return naming.say("stake.none", country=name)
    material, dependence = min(known, key=lambda pair: pair[1].grade)
    return _dependence(name, within_sentence(naming.material(material)), dependence, naming)


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
        reliance=percent(on.net_import_reliance),
        share=percent(on.top_supplier_share),
        supplier=naming.state_said(on.top_supplier) if on.top_supplier else "",
    )


def percent(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio * 100:.3g}%"


def next_step(alert: Alert, naming: Naming) -> str:
    """Return what an officer does with this, by what kind of event it is."""
    facts = alert.facts
    what = naming.materials(facts.materials) if facts.materials else naming.say("what.unknown")
    date = day(facts.effective, naming.language) if facts.effective else ""
    return naming.say(f"next.{_next_kind(alert, naming)}", what=what, date=date)


def _next_kind(alert: Alert, naming: Naming) -> str:
    facts = alert.facts
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
