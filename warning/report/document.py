"""The digest as values: what a desk reads about one week, before any markup."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from warning.core.vocabulary import Certainty, Marking, Severity

ChangeKind = Literal["new", "updated", "easing", "closed"]
DateKind = Literal["effective", "expires", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One alert that changed in the week, in the version that stood at the week's end.

    `severity` is the level for the desk's country. `was` says what the last version of the week changed,
    in the desk's language, empty for a new alert. `first_source` is the publisher first heard of it from.
    `from_figures` is true when the evidence is a series, whose title is ours.
    """

    kind: ChangeKind
    key: str
    version: int
    title: str
    severity: Severity
    certainty: Certainty
    marking: Marking
    instrument: str | None
    announced: date | None
    effective: date | None
    expires: date | None
    first_known_at: datetime
    first_source: str
    publishers: int
    original_title: str
    from_figures: bool = False
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The newest figure of a series at the week's end, and its change.

    `change_ratio` is against the figure `against` (0.25 = +25 %); None when there was none to compare with.
    """

    value: float
    unit: str
    currency: str | None
    period: str
    reporter: str
    partner: str
    change_ratio: float | None
    against: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """One watched material: how exposed the desk's country is, the week's alerts, the last known figures."""

    material: str
    label: str
    grade: str
    alerts: int
    price: Figure | None
    flow: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingDate:
    """A date ahead that an alert speaks of, or on which the watch for an answer to it ends.

    `days` counts from the week's end.

    `eased_by` names the later act that eases the same materials of the same actor (its instrument, else its
    day): the date may no longer hold. Empty when none is known.
    """

    kind: DateKind
    on: date
    days: int
    title: str
    instrument: str | None
    alert_key: str
    eased_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGap:
    """A source that gave nothing in the week. `since` is the last success, None when it was never reached.

    Of one that the desk may not know of, `source_id` is empty and `title` says that alone.
    """

    source_id: str
    title: str
    cause: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """An entry of the country's exposure that is due to be looked at; `due` is None when it never was."""

    material: str
    grade: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSight:
    """One kind of source, for some materials: countries by state, blind ones with since when, uncovered ones counted."""

    kind: str
    covered: tuple[str, ...]
    quiet: tuple[str, ...]
    blind: tuple[tuple[str, datetime | None], ...]
    uncovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """Materials for which the sources look the same."""

    materials: tuple[str, ...]
    kinds: tuple[KindSight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindPlace:
    """A country and kind of source where nothing can be concluded about `materials` materials."""

    country: str
    kind: str
    since: datetime | None
    materials: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkStretch:
    """A country and kind of source that is seen again, and was not in `spans` of the week: [since, until), UTC."""

    country: str
    kind: str
    spans: tuple[tuple[datetime, datetime], ...]
    materials: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SightCount:
    """Cells of material x country x kind by state, and rules by what they see; blind rules with since when.

    `rule_titles` are what the reader calls the blind ones, by id.
    """

    covered: int
    quiet: int
    blind: int
    uncovered: int
    rules: int
    rules_partly_blind: int
    rules_blind: tuple[tuple[str, datetime | None], ...]
    rule_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was watched: `read` of `sources` answered, and how much evidence came in within the week.

    `sight`, `rows` and `blind` say what silence is worth, as the sources stood when the digest was written; `sight`
    is None where that was not looked at; `stretches` say where they could not see for a part of the week. `last_read` is when the last source answered.
    """

    sources: int
    read: int
    items: int
    figures: int
    rules: int
    materials: int
    down: tuple[SourceGap, ...] = ()
    never: tuple[SourceGap, ...] = ()
    last_read: datetime | None = None
    sight: SightCount | None = None
    rows: tuple[CoverageRow, ...] = ()
    blind: tuple[BlindPlace, ...] = ()
    stretches: tuple[DarkStretch, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDocument:
    """A week for a desk. `summary` holds at most five sentences in the desk's language.

    `since` and `until` bound the week in UTC (Monday 00:00 in the desk's zone, `until` excluded). `marking` is
    the most restrictive one of what is inside.
    """

    desk_id: str
    desk_title: str
    country: str
    language: str
    timezone: str
    week: str
    since: datetime
    until: datetime
    written_at: datetime
    marking: Marking
    summary: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    background: tuple[str, ...]
    materials: tuple[MaterialRow, ...]
    coming: tuple[ComingDate, ...]
    coverage: Coverage

    @property
    def quiet(self) -> bool:
        return not self.changes
