"""What an event means to each country, in figures the reader may see: dependence, cover, users and ways out."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from warning.channels.message import Labelled, ShownFigure
from warning.channels.naming import Naming
from warning.channels.plain import plain, safe_link
from warning.channels.render_lead import exposures, is_about_figures, percent, reliance_said
from warning.core.alerts import Alert
from warning.core.exposure import EVERYBODY, Cover, Dependence, Label, Restricted
from warning.core.exposure_release import Audience, may_see, released_to
from warning.core.severity_table import Grading
from warning.core.signals import Facts

SHOWN_EXPOSURES = 3
SHOWN_SUPPLIERS = 3
CITED_WHOLE = 40


def exposure_line(facts: Facts, naming: Naming, country: str, audience: Audience) -> str:
    """Return the country's own figures on the materials named, each with its year and source."""
    known = exposures(facts, naming, country)
    ranked = sorted(known, key=lambda pair: (pair[1].grade, pair[0]))[:SHOWN_EXPOSURES]
    return " / ".join(
        naming.say("join.list").join(
            [
                naming.say("exposure.line", material=naming.material(material), grade=on.grade),
                *_figures(on, facts, naming),
                *_cover_said(on, country, naming, audience),
            ]
        )
        for material, on in ranked
    )


def meaning_fields(alert: Alert, naming: Naming, country: str, audience: Audience) -> tuple[Labelled, ...]:
    """Return a row for each other country: its level, and why in figures it lets the reader see."""
    figures = is_about_figures(alert, naming)
    return tuple(
        Labelled(
            label=naming.say("field.severity_of", country=naming.state_said(grading.country)),
            value=meaning(alert.facts, grading, naming, audience, figures=figures),
            is_aside=True,
        )
        for grading in alert.gradings
        if grading.country != country
    )


def meaning(
    facts: Facts, grading: Grading, naming: Naming, audience: Audience, *, figures: bool = False
) -> str:
    """Return one line: "HIGH (gallium: grade A, 98% from China, figures of 2024 from biz.chosun.com)".

    `figures` is whether figures are what it tells of: their target is who imports.
    """
    level = naming.level(grading.severity)
    exposure = naming.book.exposure.get(grading.country)
    on = exposure.materials.get(grading.material) if exposure and grading.material else None
    said = [_graded(facts, grading, naming)]
    if on is not None:
        said += _figures(on, facts, naming)
        if grading.country == audience.country:  # an ally's stands in a row of its own
            said += _cover_said(on, grading.country, naming, audience)
    said += [_factor(factor, facts, grading, naming, figures=figures) for factor in grading.factors]
    return naming.say("value.level_because", level=level, because=naming.say("join.list").join(said))


def _graded(facts: Facts, grading: Grading, naming: Naming) -> str:
    if not facts.materials:
        return naming.say("because.no_material")
    material = naming.material(grading.material) if grading.material else naming.say("because.material")
    return naming.say("exposure.line", material=material, grade=grading.grade)


# In figures the target is who imports: nobody aims at anybody.
_IN_FIGURES = {"target": "partner_own", "others": "partner"}


def _factor(factor: str, facts: Facts, grading: Grading, naming: Naming, *, figures: bool) -> str:
    key = _IN_FIGURES.get(factor, factor) if figures else factor
    return naming.say(
        f"because.{key}",
        targets=naming.states_said(facts.targets),
        suppliers=naming.states_said(facts.actors),
        share=percent(grading.share),
    )


def main_share(on: Dependence, suppliers: Sequence[str]) -> tuple[str, float, int | None, str, bool] | None:
    """Return the share that matters here: of who acts, else of the largest supplier, with year, source, verified."""
    counts: list[tuple[str, float, int | None, str, bool]] = []
    if on.top_supplier and on.top_supplier_share is not None:
        counts.append((on.top_supplier, on.top_supplier_share, on.year, on.source, on.verified))
    if on.suppliers is not None:
        many = on.suppliers
        counts += [(who, share, many.year, many.source, many.verified) for who, share in many.shares.items()]
    acting = [count for count in counts if count[0] in suppliers]
    return next(iter(acting or counts), None)


def _figures(on: Dependence, facts: Facts, naming: Naming) -> Iterator[str]:
    """The share of who acts, and the reliance on imports, each with its year and source when these differ."""
    share = main_share(on, facts.actors)
    cited: tuple[int | None, str, bool] | None = None
    if on.net_import_reliance is not None:
        yield naming.say("exposure.reliance", reliance=reliance_said(on, naming))
        cited = (on.year, on.source, on.verified)
    if share is not None:
        if cited is not None and _known_as(cited) != _known_as(share[2:]):
            yield from _cited(*cited, naming)
        supplier = naming.state(share[0])
        yield naming.say("exposure.share", share=percent(share[1]), supplier=supplier)
        cited = share[2:]
    yield from _cited(*(cited or (None, on.source, on.verified)), naming)


def _known_as(cited: tuple[int | None, str, bool]) -> tuple[int | None, str, bool]:
    return cited[0], source_name(cited[1]), cited[2]


def _cited(year: int | None, source: str, verified: bool, naming: Naming) -> Iterator[str]:
    if year is not None:
        yield naming.say("exposure.year", year=year, source=source_name(source))
    if not verified:
        yield naming.say("exposure.unverified")


def _cover_said(on: Dependence, owner: str, naming: Naming, audience: Audience) -> Iterator[str]:
    cover = on.days_of_cover
    if cover is not None and may_see(cover, owner, audience):
        yield cover_text(cover, owner, naming)


def cover_text(cover: Cover, owner: str, naming: Naming) -> str:
    """Return "30 days of cover (2026, the ministry; TLP:AMBER, hidden from other countries)"."""
    if cover.release_to == EVERYBODY:
        release = naming.say("exposure.for_all")
    elif len(released_to(cover, owner)) == 1:
        release = naming.say("exposure.own_only")
    else:
        others = tuple(sorted(released_to(cover, owner) - {owner}))
        release = naming.say("exposure.released", countries=naming.states_said(others))
    unverified = "" if cover.verified else naming.say("join.list") + naming.say("exposure.unverified")
    return naming.say(
        "exposure.cover_marked",
        cover=naming.say("exposure.cover", days=cover.days),
        year=cover.year,
        source=source_name(cover.source),
        marking=cover.marking.value,
        release=release + unverified,
    )


def user_field(facts: Facts, naming: Naming, country: str, audience: Audience) -> tuple[Labelled, ...]:
    """Return who at home needs the material that matters most: sectors, and the firms the reader may see."""
    on = _entry(facts, naming, country)
    if on is None:
        return ()
    sectors = [_label(each, naming) for each in on.users.sectors]
    firms = [plain(f.name, 80) for f in on.users.firms if may_see(f, country, audience)]
    value = naming.say("join.list").join([*sectors, *firms])
    return (Labelled(label=naming.say("field.users"), value=value, is_aside=True),) if value else ()


def assistance(alert: Alert, naming: Naming, country: str, audience: Audience) -> tuple[Labelled, ...]:
    """Return at most three rows: other suppliers, allies with cover they let the reader see, and substitutes."""
    facts = alert.facts
    on = _entry(facts, naming, country)
    if facts.direction != "tightening":
        return ()
    rows = (
        ("other_suppliers", _other_suppliers(on, facts, naming) if on else ""),
        ("ally_cover", " / ".join(_ally_covers(facts, naming, country, audience))),
        ("substitutes", _substitutes(on, naming) if on else ""),
    )
    return tuple(Labelled(label=naming.say(f"field.{key}"), value=value) for key, value in rows if value)


def _entry(facts: Facts, naming: Naming, country: str) -> Dependence | None:
    """The entry of the most exposed material named."""
    known = [on for _, on in exposures(facts, naming, country)]
    return min(known, key=lambda on: (on.grade, on.suppliers is None), default=None)


def _other_suppliers(on: Dependence, facts: Facts, naming: Naming) -> str:
    if on.suppliers is None:
        return ""
    many = on.suppliers
    share = main_share(on, facts.actors)
    told = (
        {*facts.actors, share[0]} if share and share[2:4] == (many.year, many.source) else set(facts.actors)
    )
    others = [who for who in many.shares if who not in told][:SHOWN_SUPPLIERS]
    said = []
    for who in others:
        note = naming.aside(_label(many.capacity[who], naming)) if who in many.capacity else ""
        said.append(
            naming.say("assistance.supplier", supplier=naming.state(who), share=percent(many.shares[who]))
            + note
        )
    if not said:
        return ""
    return naming.say("join.list").join([*said, *_cited(many.year, many.source, many.verified, naming)])


def _ally_covers(facts: Facts, naming: Naming, country: str, audience: Audience) -> Iterator[str]:
    """A figure is spoken of as reported to those it is released to: who else reads it must not think it is for all."""
    for owner, exposure in sorted(naming.book.exposure.items()):
        for material in facts.materials:
            on = exposure.materials.get(material)
            cover = on.days_of_cover if on else None
            if cover is not None and owner != country and may_see(cover, owner, audience):
                yield _reported(cover, owner, material, naming)


def _reported(cover: Cover, owner: str, material: str, naming: Naming) -> str:
    is_open = cover.release_to == EVERYBODY
    to = naming.states_said(tuple(sorted(released_to(cover, owner) - {owner})))
    return naming.say(
        "assistance.cover_all" if is_open else "assistance.cover",
        country=naming.state_said(owner),
        cover=naming.say("exposure.cover", days=cover.days),
        material=naming.materials((material,)),
        countries=to,
        year=cover.year,
        verified="" if cover.verified else naming.say("join.list") + naming.say("exposure.unverified"),
    )


def _substitutes(on: Dependence, naming: Naming) -> str:
    said = []
    for each in on.substitutes:
        unverified = "" if each.verified else naming.aside(naming.say("exposure.unverified"))
        said.append(_label(each.label, naming) + unverified)
    return naming.say("join.list").join(said)


def shown_figures(alert: Alert, naming: Naming, audience: Audience) -> tuple[ShownFigure, ...]:
    """Return the figures with a marking of their own that a message to this audience may show."""
    materials = set(alert.facts.materials) | {g.material for g in alert.gradings}
    found: list[ShownFigure] = []
    for owner, exposure in sorted(naming.book.exposure.items()):
        for material in sorted(materials & set(exposure.materials)):
            on = exposure.materials[material]
            firms: Sequence[Restricted] = on.users.firms if owner == audience.country else ()
            figures = [*([on.days_of_cover] if on.days_of_cover else []), *firms]
            found += [_shown(figure, owner) for figure in figures if may_see(figure, owner, audience)]
    return tuple(found)


def _shown(figure: Restricted, owner: str) -> ShownFigure:
    release = None if figure.release_to == EVERYBODY else released_to(figure, owner)
    return ShownFigure(owner=owner, marking=figure.marking, release_to=release)


def _label(label: Label, naming: Naming) -> str:
    names = {str(language): name for language, name in label.items()}
    return plain(names.get(naming.language) or names.get("en") or next(iter(names.values()), ""), 100)


def source_name(source: str) -> str:
    """Return an address as its host, a long citation as the work it names."""
    link = safe_link(source)
    if link:
        return (urlsplit(link).hostname or source).removeprefix("www.")
    work = re.split(r"[(,;]", source, maxsplit=1)[0].strip() if len(source) > CITED_WHOLE else source
    return plain(work, 80)
