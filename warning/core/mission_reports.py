"""An informal observation that a desk files: who was told what, how sure it is, and who may read it."""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from warning.core.evidence import Item, item_id
from warning.core.ids import content_id
from warning.core.iso_codes import known_country
from warning.core.model import OperatorModel
from warning.core.terms import Language, TermId
from warning.core.vocabulary import Marking, Reliability

RELIABILITIES = {
    "A": "reliable", "B": "usually reliable", "C": "fairly reliable", "D": "not usually reliable", "E": "unreliable",
    "F": "cannot be judged",
}  # fmt: skip
CREDIBILITIES = {
    1: "confirmed by others", 2: "probably true", 3: "possibly true", 4: "doubtful", 5: "improbable",
    6: "cannot be judged",
}  # fmt: skip
WITHDRAWN = "[withdrawn]"
_JUDGED = re.compile(r"^Admiralty: [A-F]([1-6])\b", re.MULTILINE)
FILED, CORRECTED, TAKEN_BACK = "report filed", "report corrected", "report withdrawn"
"""What the audit log calls the acts of an author."""


def _upper(written: object) -> object:
    return written.strip().upper() if isinstance(written, str) else written


Country = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z]{2}$"), AfterValidator(known_country)]


class Attached(OperatorModel):
    """A file that belongs to a report and stays with the desk: its name, size in bytes and SHA-256."""

    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class MissionReport(OperatorModel):
    """One observation. `country` is whose authority or sellers it speaks of, `observed` the day it happened.

    `release_to` are the countries whose desks may read it besides nobody else; the desk's own is always among them.
    """

    desk: str
    title: str = Field(min_length=8, max_length=300)
    text: str = Field(default="", max_length=20_000)
    reliability: Reliability
    credibility: int = Field(ge=1, le=6)
    marking: Marking = Marking.AMBER
    release_to: tuple[Country, ...] = ()
    materials: tuple[TermId, ...] = ()
    country: Country
    place: str = Field(default="", max_length=200)
    observed: date | None = None
    language: Language = "en"
    attachments: tuple[Attached, ...] = Field(default=(), max_length=20)

    @field_validator("title")
    @classmethod
    def _on_one_line(cls, title: str) -> str:
        if "\n" in title:
            raise ValueError("the title is one line; the rest belongs into the text")
        return title

    @model_validator(mode="after")
    def _is_no_withdrawal(self) -> "MissionReport":
        if self.title.startswith(WITHDRAWN):
            raise ValueError("a report is withdrawn with `warning report withdraw`")
        return self

    @property
    def admiralty(self) -> str:
        return f"{self.reliability}{self.credibility}"

    @property
    def source_id(self) -> str:
        return f"mission-{self.desk}-{self.reliability.lower()}"


def report_id(report: MissionReport, actor: str, filed_at: datetime) -> str:
    """Return the name of a report for all time, over its corrections."""
    return content_id("r", report.desk, actor, filed_at.isoformat(), report.title)


def as_item(report: MissionReport, name: str, filed_at: datetime, own_country: str) -> Item:
    """Return the report as evidence. Its marking and release list are its own and bind every alert it is part of."""
    return Item(
        id=item_id(report.source_id, name, "", report.title),
        source_id=report.source_id,
        kind="mission",
        country=report.country,
        language=report.language,
        title=report.title,
        summary=report.text,
        body="\n".join(_facts(report)),
        published_at=filed_at,
        known_at=filed_at,
        external_id=name,
        marking=report.marking,
        release_to=frozenset({*report.release_to, own_country}),
    )


def _facts(report: MissionReport) -> list[str]:
    reliability, credibility = RELIABILITIES[report.reliability], CREDIBILITIES[report.credibility]
    told = [
        ("Admiralty", f"{report.admiralty} (source {reliability}, information {credibility})"),
        ("Materials", ", ".join(m.replace("_", " ") for m in report.materials)),
        ("Place", report.place),
        ("Observed", report.observed.isoformat() if report.observed else ""),
        *(("Attachment", f"{a.name}, {a.size} bytes, SHA-256 {a.sha256}") for a in report.attachments),
    ]
    return [f"{name}: {value}" for name, value in told if value]


def credibility_of(item: Item) -> int | None:
    """Return the digit that the author of a report gave, from its line `Admiralty: B2`; None without one, or with several that differ.

    The letter of that line is not read: how reliable a source is, its entry in the catalogue says.
    """
    said = set(_JUDGED.findall(item.body)) if item.kind == "mission" else set()
    return int(said.pop()) if len(said) == 1 else None


def withdrawn_item(item: Item, reason: str, at: datetime) -> Item:
    """Return the report without what it said. Who had it is told that, and why; its marking stays."""
    return replace(
        item, title=f"{WITHDRAWN} report of {item.occurred_at:%Y-%m-%d}", summary=f"Withdrawn: {reason}", body="",
        known_at=at,
    )  # fmt: skip
