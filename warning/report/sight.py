"""The coverage section of a digest: what silence is worth. From the cells and sights behind `warning coverage`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from warning.core.blind_stretches import BlindStretch, past_stretches
from warning.core.blindness import Sight
from warning.core.coverage import KINDS, Cell
from warning.core.desks import Desk
from warning.core.exposure_reviews import reviews_due
from warning.core.rulebook import Rulebook
from warning.report.changes import country_label, material_label
from warning.report.document import BlindPlace, CoverageRow, DarkStretch, KindSight, ReviewLine, SightCount
from warning.report.named_sources import NamedSources
from warning.report.words import DigestWords

WATCHED_GRADES = frozenset({"A", "B"})
SHOWN_COUNTRIES = 4
SHOWN_RULES = 6
SHOWN_REVIEWS = 8
SHOWN_MATERIALS = 6


def sight_count(
    cells: Sequence[Cell], sights: Sequence[Sight], titles: Mapping[str, str] | None = None
) -> SightCount:
    """Return the counts of cells by state and of rules by level, with the rules that are blind and what they are called."""
    states: Counter[str] = Counter(cell.state for cell in cells)
    levels: Counter[str] = Counter(sight.level for sight in sights)
    blind = sorted((s.rule_id, s.since) for s in sights if s.is_blind)
    return SightCount(
        covered=states["covered"],
        quiet=states["quiet"],
        blind=states["blind"],
        uncovered=states["uncovered"],
        rules=len(sights),
        rules_partly_blind=levels["partly blind"],
        rules_blind=tuple(blind),
        rule_titles={rule_id: (titles or {}).get(rule_id, rule_id) for rule_id, _ in blind},
    )


def coverage_rows(cells: Iterable[Cell], desk: Desk, book: Rulebook) -> tuple[CoverageRow, ...]:
    """Return a row for the materials the desk's country grades A or B; those that look alike share one."""
    exposure = book.exposure.get(desk.country)
    wanted = {m for m, on in exposure.materials.items() if on.grade in WATCHED_GRADES} if exposure else set()
    by_material: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.material in wanted:
            by_material[cell.material].append(cell)
    alike: dict[tuple[KindSight, ...], list[str]] = defaultdict(list)
    for material, own in by_material.items():
        alike[_kinds(own, desk, book)].append(material_label(material, book, desk.language))
    rows = (CoverageRow(materials=tuple(sorted(names)), kinds=kinds) for kinds, names in alike.items())
    return tuple(sorted(rows, key=lambda row: (-_blind_places(row), -len(row.materials), row.materials)))


def blind_places(cells: Iterable[Cell], desk: Desk, book: Rulebook) -> tuple[BlindPlace, ...]:
    """Return each country and kind where something cannot be seen, since when, for how many materials, and why."""
    sources = NamedSources.of_digest(desk, book)
    places: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.state == "blind":
            places[cell.country, cell.kind].append(cell)
    return tuple(
        BlindPlace(
            country=country_label(country, book, desk.language),
            kind=kind,
            since=min((c.since for c in blind if c.since is not None), default=None),
            materials=len(blind),
            cause=max((sources.because(c.dark) for c in blind), key=len),
        )
        for (country, kind), blind in sorted(places.items())
    )


def dark_stretches(
    stretches: Iterable[BlindStretch], cells: Sequence[Cell], desk: Desk, book: Rulebook
) -> tuple[DarkStretch, ...]:
    """Return where nothing could be seen for a part of the week; what is blind still is told as that."""
    sources = NamedSources.of_digest(desk, book)
    told = (
        DarkStretch(
            country=country_label(one.country, book, desk.language),
            kind=one.kind,
            spans=one.spans,
            materials=len(one.materials),
            cause=sources.because(one.dark, with_since=False),
        )
        for one in past_stretches(stretches, cells)
    )
    return tuple(sorted(told, key=lambda s: (-_hours(s), s.kind, s.country)))


def own_reviews_due(desk: Desk, book: Rulebook, today: date) -> tuple[ReviewLine, ...]:
    """Return the entries of the desk's own country that are due; how another keeps its figures is its business."""
    exposure = book.exposure.get(desk.country)
    return tuple(
        ReviewLine(material=material_label(one.material, book, desk.language), grade=one.grade, due=one.due)
        for one in (reviews_due([exposure], today) if exposure else ())
    )


def certificate(count: SightCount, last_read: datetime | None, words: DigestWords, timezone: str) -> str:
    """Return what may be concluded from silence: where it counts, and where it does not."""
    read = words.moment(last_read, timezone) if last_read else words.say("coverage.never_answered")
    return words.say(
        "sight.certificate",
        covered=count.covered,
        quiet=count.quiet,
        blind=count.blind,
        uncovered=count.uncovered,
        last=read,
    )


def row_text(row: CoverageRow, words: DigestWords) -> str:
    """Return "gallium, germanium: notices covered CN, JP; quiet KR; blind EU since Nov 20 | prices quiet"."""
    kinds = " | ".join(f"{words.say(f'sight.{k.kind}')} {kind_text(k, words)}" for k in row.kinds)
    return words.say("line.headed", heading=materials_text(row, words), rest=kinds)


def materials_text(row: CoverageRow, words: DigestWords) -> str:
    return _some(row.materials, SHOWN_MATERIALS, words)


def kind_text(kind: KindSight, words: DigestWords) -> str:
    """Return one cell of the table: the countries by state, blind ones with since when; uncovered ones counted."""
    parts = []
    if kind.blind:
        since = [
            c + words.say("line.aside", said=words.say("sight.since", day=words.day(at.date()))) if at else c
            for c, at in kind.blind
        ]
        parts.append(words.say("sight.blind", countries=_some(since, SHOWN_COUNTRIES, words)))
    for state, countries in (("covered", kind.covered), ("quiet", kind.quiet)):
        if countries:
            parts.append(words.say(f"sight.is_{state}", countries=_some(countries, SHOWN_COUNTRIES, words)))
    if kind.uncovered and not parts:
        parts.append(words.say("sight.is_uncovered"))
    return words.say("line.and_details").join(parts)


def rules_text(count: SightCount, words: DigestWords) -> str:
    if not count.rules_blind and not count.rules_partly_blind:
        return words.say("sight.rules_see", rules=count.rules)
    called = count.rule_titles
    named = [
        called.get(rule, rule)
        + words.say("line.aside", said=words.say("sight.since", day=words.day(at.date())))
        if at
        else called.get(rule, rule)
        for rule, at in count.rules_blind
    ]
    text = words.say(
        "sight.rules", rules=count.rules, blind=len(count.rules_blind), partly=count.rules_partly_blind
    )
    return f"{text} {_some(named, SHOWN_RULES, words)}".rstrip()


def place_text(place: BlindPlace, words: DigestWords) -> str:
    since = words.say("sight.since", day=words.day(place.since.date())) if place.since else ""
    what = words.say("sight.place", kind=words.say(f"sight.{place.kind}"), country=place.country)
    counted = words.say("sight.materials", count=place.materials)
    return words.say("line.and_details").join(part for part in (what, since, counted, place.cause) if part)


def stretch_text(stretch: DarkStretch, words: DigestWords, timezone: str) -> str:
    """Return "Not seen for part of the week: notices, China; from ... to ...; materials: 40; why"."""
    what = words.say("sight.stretch", kind=words.say(f"sight.{stretch.kind}"), country=stretch.country)
    first, last = (words.moment(at, timezone) for at in (stretch.spans[0][0], stretch.spans[-1][1]))
    when = words.say("sight.from_to", start=first, end=last)
    if len(stretch.spans) > 1:
        when = words.say(
            "sight.in_parts", hours=_hours(stretch), times=len(stretch.spans), start=first, end=last
        )
    counted = words.say("sight.materials", count=stretch.materials)
    return words.say("line.and_details").join(part for part in (what, when, counted, stretch.cause) if part)


def _hours(stretch: DarkStretch) -> int:
    """In all, whole hours, at least one."""
    lasted = sum((until - since for since, until in stretch.spans), timedelta())
    return max(round(lasted / timedelta(hours=1)), 1)


def review_text(due: Sequence[ReviewLine], words: DigestWords) -> str:
    """Return "Exposure reviews due: gallium (A, since Nov 20), ..."."""
    said = [one.material + words.say("line.aside", said=one.grade + _review_since(one, words)) for one in due]
    return words.say("sight.reviews", count=len(said), which=_some(said, SHOWN_REVIEWS, words))


def _review_since(one: ReviewLine, words: DigestWords) -> str:
    when = words.say("sight.since", day=words.day(one.due)) if one.due else words.say("sight.never_reviewed")
    return words.say("line.and_names") + when


def _kinds(cells: Iterable[Cell], desk: Desk, book: Rulebook) -> tuple[KindSight, ...]:
    of_kind: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        of_kind[cell.kind].append(cell)

    def named(cells: Iterable[Cell], state: str) -> tuple[str, ...]:
        return tuple(country_label(c.country, book, desk.language) for c in cells if c.state == state)

    return tuple(
        KindSight(
            kind=kind,
            covered=named(of_kind[kind], "covered"),
            quiet=named(of_kind[kind], "quiet"),
            blind=tuple(
                (country_label(c.country, book, desk.language), c.since)
                for c in of_kind[kind]
                if c.state == "blind"
            ),
            uncovered=len([c for c in of_kind[kind] if c.state == "uncovered"]),
        )
        for kind in KINDS
        if of_kind[kind]
    )


def _blind_places(row: CoverageRow) -> int:
    return sum(len(kind.blind) for kind in row.kinds)


def _some(names: Sequence[str], shown: int, words: DigestWords) -> str:
    text = words.say("line.and_names").join(names[:shown])
    if len(names) <= shown:
        return text
    return f"{text} {words.say('line.more_names', count=len(names) - shown)}"
