"""Plain values for the core's tests: small builders with defaults that say nothing special."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warning.core.desks import Desk, Destination
from warning.core.exposure import CountryExposure, Dependence
from warning.core.policy import Correlation, Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import Group, Match, TextExample, TextRule
from warning.core.severity_table import SeverityTable
from warning.core.signals import Exhibit, Facts, Reason, Signal, signal_id
from warning.core.sources import SourceProfile, unknown_source
from warning.core.terms import Act, Actor, Material, Terms
from warning.core.vocabulary import Marking, Severity

START = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def text_rule(rule_id: str = "prc-controls", **changes) -> TextRule:
    values = {
        "id": rule_id,
        "title": "PRC export control",
        "kind": "text",
        "severity": Severity.SEVERE,
        "owner": "analysts",
        "rationale": "for tests",
        "match": Match(all=(Group(phrases={"en": ("export control",)}),)),
        "examples": (
            TextExample(fires=True, title="export control"),
            TextExample(fires=False, title="weather"),
        ),
        **changes,
    }
    return TextRule(**values)


def exhibit(evidence_id: str = "i1", **changes) -> Exhibit:
    values = {
        "evidence_id": evidence_id,
        "source_id": "mofcom",
        "source_title": "MOFCOM",
        "publisher": "mofcom",
        "kind": "regulatory",
        "country": "CN",
        "language": "zh",
        "official": True,
        "reliability": "A",
        "marking": Marking.CLEAR,
        "release_to": None,
        "title": "公告",
        "url": "https://example.org/1",
        "published_at": START,
        "known_at": START,
        **changes,
    }
    return Exhibit(**values)


def press(evidence_id: str, publisher: str = "wire", **changes) -> Exhibit:
    values = {"official": False, "kind": "news", "reliability": "B", "language": "en", **changes}
    return exhibit(evidence_id, publisher=publisher, source_id=publisher, **values)


def signal(evidence_id: str = "i1", *, days: float = 0.0, rule_id: str = "prc-controls", **changes) -> Signal:
    facts = {"act": "export_control", "direction": "tightening", "materials": ("gallium",), "actors": ("CN",)}
    facts.update(changes.pop("facts", {}))
    shown = changes.pop("exhibit", None) or exhibit(evidence_id, known_at=at(days))
    values = {
        "id": signal_id(rule_id, evidence_id),
        "rule_id": rule_id,
        "rule_version": "v1",
        "rule_title": "PRC export control",
        "interrupts": True,
        "severity": Severity.SEVERE,
        "facts": Facts(**facts),
        "occurred_at": at(days),
        "known_at": at(days),
        "exhibit": shown,
        "why": (Reason(code="text.matched", text="gallium", params=(("words", "镓"),)),),
        **changes,
    }
    return Signal(**values)


TABLE = SeverityTable(
    by_grade={
        "extreme": {"A": "extreme", "B": "extreme", "C": "severe", "D": "moderate"},
        "severe": {"A": "extreme", "B": "severe", "C": "moderate", "D": "moderate"},
        "moderate": {"A": "severe", "B": "moderate", "C": "moderate", "D": "minor"},
        "minor": {"A": "moderate", "B": "minor", "C": "minor", "D": "minor"},
        "unknown": {"A": "moderate", "B": "minor", "C": "minor", "D": "minor"},
    },
    no_material={
        "extreme": "severe",
        "severe": "moderate",
        "moderate": "moderate",
        "minor": "minor",
        "unknown": "minor",
    },
    ceiling_by_direction={"easing": "moderate"},
)


def exposure(country: str, **grades: str) -> CountryExposure:
    materials = {m: Dependence(grade=g, source="test", verified=False) for m, g in grades.items()}
    return CountryExposure(country=country, label={"en": country}, materials=materials)


def names(word: str) -> dict[str, tuple[str, ...]]:
    return {"en": (word,)}


TERMS = Terms(
    materials={
        "gallium": Material(names=names("gallium"), label={"en": "gallium"}),
        "germanium": Material(names=names("germanium"), label={"en": "germanium"}),
        "rare_earths": Material(names=names("rare earths"), label={"en": "rare earths"}),
        "dysprosium": Material(names=names("dysprosium"), label={"en": "dysprosium"}, parent="rare_earths"),
        "terbium": Material(names=names("terbium"), label={"en": "terbium"}, parent="rare_earths"),
    },
    acts={
        "export_control": Act(
            label={"en": "export control"},
            direction="tightening",
            phrases=names("export control"),
            family="control",
        ),
        "export_ban": Act(
            label={"en": "export ban"},
            direction="tightening",
            phrases=names("export ban"),
            family="control",
        ),
        "entity_listing": Act(
            label={"en": "entity listing"},
            direction="tightening",
            phrases=names("entity list"),
            family="listing",
        ),
        "suspension": Act(label={"en": "suspension"}, direction="easing", phrases=names("suspends")),
    },
    actors={"CN": Actor(label={"en": "China"}, names=names("China"))},
)


def desk(desk_id: str = "kr", country: str = "KR", **changes) -> Desk:
    values = {
        "id": desk_id,
        "title": f"{country} desk",
        "country": country,
        "language": "en",
        "timezone": "UTC",
        "destinations": (Destination(channel="mail", to=(f"{desk_id}@example.org",)),),
        **changes,
    }
    return Desk(**values)


def mission_source(source_id: str = "a-mission") -> SourceProfile:
    """A desk's source whose reports are believed: of one that no catalogue names, they interrupt nobody."""
    unknown = unknown_source(source_id, "mission", "CN", "en")
    return replace(unknown, reliability="B")


def book(**changes) -> Rulebook:
    values = {
        "rules": (text_rule(),),
        "terms": TERMS,
        "exposure": {"KR": exposure("KR", gallium="A"), "US": exposure("US", gallium="C")},
        "desks": (desk("kr", "KR"), desk("us", "US")),
        "policy": Policy(correlation=Correlation(related_families=("control", "listing")), severity=TABLE),
        **changes,
    }
    return Rulebook(**values)
