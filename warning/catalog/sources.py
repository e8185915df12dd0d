"""feeds/<group>/<id>.yaml: where evidence comes from, how it is read, and what normal looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, field_validator, model_validator

from warning.catalog.files import files_below, well_named
from warning.catalog.source_asking import PAGE, WINDOW_PLACES, Pages, Revisions, Windows
from warning.catalog.source_each import Combination, combinations
from warning.catalog.source_fields import Duration, fill_places, places_in
from warning.catalog.typed import Placed, type_value
from warning.catalog.yaml_text import YamlText, read_yaml
from warning.core.formats import Format, TableFormat
from warning.core.iso_codes import known_country, known_encoding, known_language
from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.model import OperatorModel
from warning.core.sources import SourceProfile
from warning.core.terms import Language, TermId
from warning.core.vocabulary import Marking, Reliability, SourceKind
from warning.errors import CatalogError, Problem

GROUPS: Mapping[str, SourceKind] = {
    "customs": "customs",
    "news": "news",
    "regulatory": "regulatory",
    "prices": "price",
    "missions": "mission",
}
SCHEMES: Mapping[str, tuple[str, ...]] = {"mail": ("imaps://", "imap://"), "file": ("file:",)}
NOT_OURS_TO_SAY = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
    }
)
SourceId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
CountryCode = Annotated[str, Field(pattern=r"^([A-Z]{2}|WLD)$"), AfterValidator(known_country)]
SourceLanguage = Annotated[str, AfterValidator(known_language)]
"""Any language of ISO 639-1. Rules have words in those of `core.terms.Language` only."""

FieldName = Literal["title", "summary", "body", "url", "published_at", "value", "name", "country"]


class Span(OperatorModel):
    """A number's bounds, both included; a missing bound bounds nothing."""

    min: float | None = Field(default=None, ge=0)
    max: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _has_bounds(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min ({self.min:g}) is above max ({self.max:g})")
        return self

    def breach(self, count: float) -> str:
        """Return "below 3" or "above 40" when `count` lies outside, else nothing."""
        if self.min is not None and count < self.min:
            return f"below {self.min:g}"
        if self.max is not None and count > self.max:
            return f"above {self.max:g}"
        return ""


class Expect(OperatorModel):
    """What a healthy document of the source looks like. A breach is told; it does not stop the polling.

    `rows` counts the entries of one document. A list outside `rows` is not stored: half a list would read as
    thousands of removals. `items_per_week` is the pace at which dated entries appear in the document. `list` says
    how long an entry must be missing, and which loss makes a page a cut one.
    """

    items_per_week: Span | None = None
    newest_within_days: float | None = Field(default=None, gt=0)
    required_fields: tuple[FieldName, ...] = ()
    rows: Span | None = None
    list: ListPatience = PATIENCE


class Verified(OperatorModel):
    """When somebody last saw the source answer as declared, and how they know."""

    on: date
    how: str = Field(min_length=1)


def _never(written: object) -> object:
    return None if written == "never" else written


def _or_never(schema: dict[str, Any]) -> None:
    schema["anyOf"].append({"const": "never"})


class SourceSpec(OperatorModel):
    """One source. Every field is explained in docs/feeds.md."""

    id: SourceId
    title: str = Field(min_length=1, max_length=120)
    titles: Mapping[Language, Annotated[str, Field(max_length=120)]] = {}
    url: str
    kind: SourceKind
    country: CountryCode
    language: SourceLanguage
    publisher: SourceId
    publisher_title: str
    official: bool
    reliability: Reliability
    licence: str
    marking: Marking = Marking.CLEAR
    release_to: tuple[CountryCode, ...] | None = None
    speaks_for: tuple[SourceId, ...] = ()
    materials: tuple[TermId, ...] = ()
    every: Duration = Field(ge=timedelta(minutes=1), le=timedelta(days=100))
    burst: Duration | None = Field(default=None, ge=timedelta(minutes=1), le=timedelta(days=7))
    jitter: Duration | None = Field(default=None, ge=timedelta(0), le=timedelta(days=7))
    timeout: Duration = Field(default=timedelta(seconds=60), gt=timedelta(0), le=timedelta(minutes=15))
    idle_timeout: Duration = Field(default=timedelta(seconds=20), gt=timedelta(0), le=timedelta(minutes=5))
    spacing: Duration = Field(default=timedelta(seconds=1), ge=timedelta(0), le=timedelta(minutes=5))
    max_size: ByteSize = Field(default=ByteSize(20 * 1024 * 1024), ge=1024, le=512 * 1024 * 1024)
    encoding: Annotated[str, AfterValidator(known_encoding)] | None = None
    parse: Format
    expect: Expect = Expect()
    needs_key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = {}
    body: str | None = None
    through: str | None = None
    pages: Pages | None = None
    window: Windows | None = None
    revisions: Revisions | None = None
    detail_pages: int = Field(default=15, ge=0, le=100)
    publication_lag_days: int = Field(default=0, ge=0, le=1000)
    verified: Annotated[Verified | None, BeforeValidator(_never), Field(json_schema_extra=_or_never)]
    notes: str = ""
    enabled: bool = True

    @field_validator("headers")
    @classmethod
    def _is_sendable(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        if len({name.lower() for name in headers}) < len(headers):
            raise ValueError("a header is named twice; small and capital letters are the same here")
        for name, value in headers.items():
            if name.lower() in NOT_OURS_TO_SAY:
                raise ValueError(f"the header {name} follows from the address and the body; leave it out")
            if not name.replace("-", "").isalnum() or not name.isascii():
                raise ValueError(f"{name!r} is not a header name")
            if not (value.isascii() and value.isprintable()):
                raise ValueError(f"the header {name} holds a line break or a character outside ASCII")
        return headers

    @model_validator(mode="after")
    def _address_fits_format(self) -> Self:
        schemes = SCHEMES.get(self.parse.format, ("https://", "http://"))
        if not self.url.lower().startswith(schemes):
            raise ValueError(f"url starts with {' or '.join(schemes)}")
        if "file" in {self.parse.format, self.url.partition(":")[0].lower()} and self.url == "file:":
            raise ValueError("url names a folder, such as file:drop/mission")
        if self.speaks_for and self.parse.format != "file":
            raise ValueError(
                "speaks_for is for drop folders (parse.format: file): what is fetched speaks as itself"
            )
        return self

    @model_validator(mode="after")
    def _asks_as_it_says(self) -> Self:
        asked = (self.url, self.body or "", *self.headers.values())
        if self.pages and self.pages.next is None and not any(PAGE in text for text in asked):
            raise ValueError("pages is given, but {page} stands neither in url, headers nor body")
        if self.window and not any(place in text for text in asked for place in WINDOW_PLACES):
            raise ValueError("window is given, but {from} and {to} stand neither in url, headers nor body")
        if self.revisions and not self.window:
            raise ValueError("revisions reads again what `window` spans, and there is no window")
        if self.window and not isinstance(self.parse, TableFormat):
            raise ValueError("window is for figures: parse.format is table")
        if self.burst is not None and self.burst >= self.every:
            raise ValueError("burst is the shorter interval while a watch is open: less than every")
        return self

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.method == "POST") != (self.body is not None):
            raise ValueError("method: POST and body belong together; GET has no body")
        asks_key = any(
            "key" in places_in(text) for text in (self.url, self.body or "", *self.headers.values())
        )
        if asks_key and self.needs_key is None:
            raise ValueError("{key} is used, so needs_key has to name the setting that holds it")
        if self.needs_key is not None and not asks_key:
            raise ValueError("needs_key is given, but {key} stands neither in url, headers nor body")
        if self.idle_timeout > self.timeout:
            raise ValueError("idle_timeout is longer than timeout")
        return self

    @property
    def profile(self) -> SourceProfile:
        """The part of the entry that decisions depend on."""
        return SourceProfile(
            id=self.id,
            title=self.title,
            titles={str(language): title for language, title in self.titles.items()},
            publisher=self.publisher,
            kind=self.kind,
            country=self.country,
            language=self.language,
            reliability=self.reliability,
            official=self.official,
            marking=self.marking,
            release_to=None if self.release_to is None else frozenset(self.release_to),
            publication_lag_days=self.publication_lag_days,
            patience=self.expect.list,
        )

    @property
    def table(self) -> TableFormat | None:
        """How its tables are read; None when it brings no figures."""
        parse = self.parse
        return parse if isinstance(parse, TableFormat) else getattr(parse, "table", None)

    @property
    def spread(self) -> timedelta:
        """How far polls are spread: the declared jitter, else a tenth of `every`."""
        return self.every / 10 if self.jitter is None else self.jitter

    @property
    def key_setting(self) -> str:
        """The environment variable that holds the key, empty when none is needed."""
        return f"WARNING_KEY_{self.needs_key.upper()}" if self.needs_key else ""

    def filled(self, text: str, now: datetime, key: str = "") -> str:
        """Return `text` (the url, a header or the body) with its places filled for a poll at `now`."""
        return fill_places(text, now=now, key=key, publication_lag_days=self.publication_lag_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSource:
    """A source, the file it stands in, and of which values of `each` it was made (empty without)."""

    spec: SourceSpec
    text: YamlText
    made_from: str = ""


def load_sources(feeds_dir: Path) -> tuple[SourceSpec, ...]:
    """Return the catalogue sorted by id. Raises CatalogError with every mistake in every file."""
    specs, problems = read_sources(feeds_dir)
    if any(problem.fatal for problem in problems):
        raise CatalogError(problems)
    return specs


def read_sources(feeds_dir: Path) -> tuple[tuple[SourceSpec, ...], tuple[Problem, ...]]:
    """Return the sources that could be read and every problem found, both sorted."""
    placed, problems = read_placed_sources(feeds_dir)
    return tuple(one.spec for one in placed), problems


def read_placed_sources(feeds_dir: Path) -> tuple[tuple[PlacedSource, ...], tuple[Problem, ...]]:
    """The same, each source with its place."""
    specs: dict[str, PlacedSource] = {}
    problems: list[Problem] = []
    if not feeds_dir.is_dir():
        return (), (_problem(feeds_dir, "EW160", "there is no such directory of feeds"),)
    paths, odd = well_named(files_below(feeds_dir))
    problems += odd
    for path in paths:
        found, wrong = read_source_file(feeds_dir, path)
        problems += wrong
        for one in found:
            if one.spec.id in specs:
                problems.append(_problem(path, "EW164", f"a second source has the id {one.spec.id}"))
            specs[one.spec.id] = one
    return tuple(specs[name] for name in sorted(specs)), tuple(sorted(set(problems)))


def read_source_file(feeds_dir: Path, path: Path) -> tuple[tuple[PlacedSource, ...], tuple[Problem, ...]]:
    """The source of a file, or all that its `each` makes."""
    group = path.parent.relative_to(feeds_dir).as_posix()
    if path.suffix != ".yaml" or group not in GROUPS:
        where = "/, ".join(GROUPS)
        hint = f"sources are .yaml files in {where}/; anything else lives elsewhere"
        return (), (_problem(path, "EW161", "not a source's place", hint),)
    text, problems = read_yaml(path)
    if text is None or text.value == "" or problems:
        return (), problems
    made, problems = combinations(text)
    placed: list[PlacedSource] = []
    for one in made:
        spec, wrong = _read_source(text, one, path, group)
        placed += [PlacedSource(spec=spec, text=text, made_from=one.made_from)] if spec is not None else []
        problems += wrong
    return tuple(placed), problems


def _read_source(
    text: YamlText, one: Combination, path: Path, group: str
) -> tuple[SourceSpec | None, tuple[Problem, ...]]:
    spec, problems = type_value(text, (), one.value, SourceSpec)
    if spec is None or problems:
        return None, one.named(problems)
    placed, misplaced = Placed(value=spec, text=text), []
    if not one.made_from and spec.id != path.stem:
        misplaced.append(placed.problem(("id",), "EW162", f"id is {spec.id}, the file says {path.stem}"))
    if spec.kind != GROUPS[group]:
        hint = f"{group}/ holds sources of the kind {GROUPS[group]}"
        misplaced.append(placed.problem(("kind",), "EW163", f"kind is {spec.kind}", hint))
    return spec, tuple(misplaced)


def _problem(path: Path, code: str, message: str, hint: str = "") -> Problem:
    return Problem(file=str(path), line=0, column=0, code=code, message=message, hint=hint)
