"""The body of a message: fields, evidence, what changed, and the context line."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from warning.channels.acts_named import act_said, number_said
from warning.channels.message import Labelled, Source
from warning.channels.naming import Naming
from warning.channels.plain import plain, safe_link
from warning.channels.render_case import case_fields, step_said
from warning.channels.render_disputes import DATES, dispute_fields, value_said
from warning.channels.render_exposure import assistance, exposure_line, meaning_fields, user_field
from warning.channels.render_figures import figure_title
from warning.channels.render_lead import is_about_figures, percent
from warning.channels.render_precedents import precedent_fields
from warning.channels.when import day, moment, weekday
from warning.core.alerts import LINK_CODES, Alert, Difference
from warning.core.desks import Desk
from warning.core.detect.deadline import REGISTER
from warning.core.exposure_release import PUBLIC, Audience
from warning.core.severity_table import Grading
from warning.core.signals import Exhibit, Facts
from warning.core.vocabulary import Severity

SHOWN_MATERIALS = 6
SHOWN_HS_CODES = 8
SHOWN_SOURCES = 8
TITLE_LIMIT = 300
VALUE_LIMIT = 400


def fields(alert: Alert, naming: Naming, desk: Desk, audience: Audience = PUBLIC) -> tuple[Labelled, ...]:
    """Return the key facts in reading order; what is not known is said only where a desk would look for it.

    Figures with a marking of their own are those the audience may see.
    """
    facts, language = alert.facts, naming.language
    legal = not is_about_figures(alert, naming)
    not_stated = naming.say("value.not_stated") if legal else ""
    act = naming.act(facts.act)
    measure = naming.say("value.act_direction", act=act, direction=naming.say(f"direction.{facts.direction}"))
    rows = [
        ("issuer" if legal else "exporter", naming.states(facts.actors)),
        ("material", _materials(facts, naming)),
        ("act", measure) if legal else ("finding", act),
        ("instrument", number_said(facts.instrument, naming)),
        ("announced", weekday(facts.announced, language) if facts.announced else ""),
        ("effective", weekday(facts.effective, language) if facts.effective else not_stated),
        ("expires", weekday(facts.expires, language) if facts.expires else ""),
        ("targets" if legal else "importer", naming.states(facts.targets, 6)),
        ("names", naming.listed([plain(n, 80) for n in facts.names], 6)),
        ("severity", _severity(alert, naming, desk.country)),
        ("certainty", naming.say(f"certainty.{alert.certainty.value}")),
        ("source_grade", _source_grade(alert.exhibits, naming)),
        ("exposure", exposure_line(facts, naming, desk.country, audience)),
    ]
    named = tuple(
        Labelled(label=naming.say(f"field.{key}"), value=value) for key, value in rows if key and value
    )
    every = (
        *named,
        *user_field(facts, naming, desk.country, audience),
        *meaning_fields(alert, naming, desk.country, audience),
        *assistance(alert, naming, desk.country, audience),
        *case_fields(alert, naming),
        *dispute_fields(alert, naming),
        *precedent_fields(alert, naming),
    )
    return tuple(replace(row, value=plain(row.value, VALUE_LIMIT)) for row in every)


def _materials(facts: Facts, naming: Naming) -> str:
    """Name the materials, each with its HS codes; a code the sources gave stands with the material it is of.

    One that is of none of them stands at the end, with all of them.
    """
    own = {m: _codes_of(m, naming) for m in facts.materials}
    given = {m: [c for c in facts.hs_codes if _is_among(c, own[m])] for m in own}
    placed = {code for codes in given.values() for code in codes}
    rest = [code for code in facts.hs_codes if code not in placed]
    if not own and rest:
        return naming.say("value.hs", material=naming.say("what.unknown"), codes=_some(rest))
    shown = [_with_codes(naming.material(m), given[m][:SHOWN_HS_CODES] or own[m][:3], naming) for m in own]
    listed = naming.listed(shown, SHOWN_MATERIALS, of="materials")
    return " · ".join([listed, *([f"HS {_some(rest)}"] if rest else [])])


def _codes_of(material: str, naming: Naming) -> tuple[str, ...]:
    known = naming.book.terms.materials.get(material)
    return tuple(known.hs_codes) if known else ()


def _is_among(code: str, codes: Iterable[str]) -> bool:
    return any(code.startswith(one) or one.startswith(code) for one in codes)


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:SHOWN_HS_CODES])


def _with_codes(name: str, codes: Sequence[str], naming: Naming) -> str:
    return naming.say("value.hs", material=name, codes=", ".join(codes)) if codes else name


def _severity(alert: Alert, naming: Naming, country: str) -> str:
    """Return the level for this country and, where it has a grading, what made it so."""
    level, name = naming.level(alert.severity_for(country)), naming.state_said(country)
    grading = next((g for g in alert.gradings if g.country == country), None)
    if grading is None:
        return naming.say("value.severity_for", level=level, country=name)
    because = naming.say("join.list").join(_because(alert, naming, country, grading))
    act_level = naming.level(alert.severity)
    return naming.say("value.severity_act", level=level, country=name, act_level=act_level, because=because)


def _because(alert: Alert, naming: Naming, country: str, grading: Grading) -> list[str]:
    """Say in this language what `core.severity_table` weighed: the grade, the share, who the event is aimed at."""
    facts, factors = alert.facts, grading.factors
    said = [
        naming.say("because.grade", grade=grading.grade)
        if facts.materials
        else naming.say("because.no_material")
    ]
    if "small_share" in factors:
        suppliers = naming.states_said(facts.actors)
        said.append(naming.say("because.small_share", suppliers=suppliers, share=percent(grading.share)))
    figures = is_about_figures(alert, naming)
    if facts.actors == (country,):
        said.append(naming.say("because.own"))
    elif country in facts.targets:
        said.append(naming.say("because.partner_own" if figures else "because.target"))
    elif facts.targets:
        key = "because.partner" if figures else "because.others"
        said.append(naming.say(key, targets=naming.states_said(facts.targets)))
    ceilings = [factor for factor in factors if factor.startswith("ceiling")]
    return [*said, *(naming.say(f"because.{factor}") for factor in ceilings)]


def _source_grade(exhibits: Iterable[Exhibit], naming: Naming) -> str:
    best = min(exhibits, key=lambda e: (not e.official, e.is_doubtful, e.admiralty), default=None)
    if best is None:
        return ""
    return naming.say("value.grade_official" if best.official else "value.grade_other", grade=best.admiralty)


def evidence_line(alert: Alert, naming: Naming) -> str:
    shown, publishers = min(len(alert.exhibits), SHOWN_SOURCES), len(alert.publishers)
    if alert.evidence_total == 0:
        return naming.say("evidence.none")
    if alert.evidence_total == 1:
        return naming.say("evidence.single")
    some = naming.say("evidence.shown", shown=shown) if shown < alert.evidence_total else ""
    if publishers == 1:
        return naming.say("evidence.one_publisher", total=alert.evidence_total, shown=some)
    return naming.say("evidence.many", total=alert.evidence_total, publishers=publishers, shown=some)


def sources(alert: Alert, naming: Naming, desk: Desk) -> tuple[Source, ...]:
    return tuple(_source(exhibit, naming, desk.timezone) for exhibit in alert.exhibits[:SHOWN_SOURCES])


def _source(exhibit: Exhibit, naming: Naming, timezone: str) -> Source:
    language = naming.language
    notes = [naming.say("evidence.official")] if exhibit.official else []
    if exhibit.kind == "mission":
        key = "evidence.admiralty_doubtful" if exhibit.is_doubtful else "evidence.admiralty"
        notes.append(naming.say(key, grade=exhibit.admiralty))
    figures = figure_title(exhibit, naming)
    own = act_said(exhibit.title, naming) if exhibit.source_id == REGISTER else ""
    if figures or not own:
        notes.append(naming.say("evidence.figures") if figures else _language(exhibit, naming))
    if exhibit.published_at:
        notes.append(naming.say("evidence.published", time=moment(exhibit.published_at, language, timezone)))
    else:
        notes.append(naming.say("evidence.published_unknown"))
    notes.append(naming.say("evidence.fetched", time=moment(exhibit.known_at, language, timezone)))
    link = safe_link(exhibit.url)
    if not link:
        notes.append(naming.say("evidence.no_link"))
    return Source(
        title=plain(figures or own or exhibit.title, TITLE_LIMIT) or exhibit.evidence_id,
        language=naming.language if figures or own else exhibit.language,
        publisher=source_said(exhibit, naming),
        admiralty=exhibit.admiralty,
        is_doubtful=exhibit.is_doubtful,
        notes=tuple(notes),
        link=link,
        archive_hash=exhibit.archive_hash,
        marking=exhibit.marking,
        release_to=exhibit.release_to,
    )


def _language(exhibit: Exhibit, naming: Naming) -> str:
    spoken = f"language.{exhibit.language}"
    known = spoken if spoken in naming.words else "language.other"
    return naming.say("evidence.language", language=naming.say(known))


def source_said(exhibit: Exhibit, naming: Naming) -> str:
    """Return what the source is called; the register is ours, and says so in every language."""
    if exhibit.source_id == REGISTER:
        return naming.say("register.source")
    known = naming.book.sources.get(exhibit.source_id)
    if known is not None and naming.language in known.titles:
        return plain(known.titles[naming.language], 120)
    return plain(exhibit.source_title or exhibit.publisher, 120)


def changes(alert: Alert, naming: Naming, desk: Desk) -> tuple[str, ...]:
    """Return what this version changed, as this desk's country sees it."""
    if alert.version == 1:
        return ()
    said = (_change(difference, naming, desk.country) for difference in alert.differences)
    return tuple(plain(text, VALUE_LIMIT) for text in said if text)


def _change(difference: Difference, naming: Naming, country: str) -> str:
    code = difference.code
    before, after = difference.before, difference.after
    if code == "severity":
        whose, _, level = after.partition(":")
        if whose != country:
            return ""
        before_level = before.partition(":")[2]
        return naming.say(
            "change.severity",
            country=naming.state_said(country),
            before=naming.level(Severity(before_level)),
            after=naming.level(Severity(level)),
        )
    if code in {"disputed", "settled"}:
        return _dispute(difference, naming)
    if code in {"late", "suspended"}:
        what = step_said(before, naming) if code == "late" else naming.number(before)
        return naming.say(f"change.{code}", before=what, after=_iso_day(after, naming))
    if code == "deadline" and before == "0":
        return naming.say("change.deadline_today", before=before, after=_shown(code, after, naming))
    none = naming.say("change.none")
    shown = {"before": _shown(code, before, naming) or none, "after": _shown(code, after, naming) or none}
    return naming.say(f"change.{code}", **shown)


def _dispute(difference: Difference, naming: Naming) -> str:
    """A contradiction names its fact and its sides, the end of one the fact alone."""
    is_new = difference.code == "disputed"
    fact = difference.before if is_new else difference.after
    sides = difference.after.split(" / ") if is_new else []
    said = " / ".join(value_said(fact, side, naming) for side in sides)
    name = naming.say(f"conflict_fact.{fact}")
    return naming.say(f"change.{difference.code}", before=name, after=said or name)


def _shown(code: str, value: str, naming: Naming) -> str:
    if not value:
        return ""
    if code in DATES or (code in {"deadline", "arrived"} and "-" in value):
        return _iso_day(value, naming)
    if code in LINK_CODES and "|" in value:
        return naming.event(value)
    if code == "instrument":
        return number_said(value, naming)
    if code == "materials":
        return naming.materials(tuple(value.split(",")))
    if code == "targets":
        return naming.states(tuple(value.split(",")))
    if f"{code}.{value}" in naming.words:
        return naming.say(f"{code}.{value}")
    return plain(value, 160)


def _iso_day(value: str, naming: Naming) -> str:
    return day(date.fromisoformat(value), naming.language)


def context(alert: Alert, naming: Naming, desk: Desk) -> tuple[str, ...]:
    """Return the marking, who may have it, and what to quote when asking about this alert."""
    rule = next((r for r in naming.book.rules if r.id == alert.rule_id), None)
    owner = (naming.say("context.owner", owner=plain(rule.owner, 80)),) if rule else ()
    return (
        naming.say("context.marking", marking=alert.marking.value),
        release_said(alert.release_to, naming),
        naming.say("context.rated", country=naming.state_said(desk.country)),
        naming.say("context.alert", key=alert.key, version=alert.version),
        naming.say("context.rule", rule=alert.rule_id, version=alert.rule_version),
        *owner,
    )


def release_said(release_to: frozenset[str] | None, naming: Naming) -> str:
    if release_to is None:
        return naming.say("context.release_all")
    if not release_to:
        return naming.say("context.release_none")
    return naming.say("context.release", countries=naming.states(tuple(sorted(release_to)), 12))
