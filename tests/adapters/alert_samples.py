"""Alerts as they come out of an assessment, one of every sort, with the vocabulary of three desks."""

from dataclasses import replace
from datetime import UTC, date, datetime

from tests.core.build import TABLE, exhibit, press, signal, text_rule
from warning.channels.message import Message
from warning.channels.render import render
from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.exposure import CountryExposure, Dependence
from warning.core.grading import grade
from warning.core.joining import open_alert
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import ListingExample, ListingRule, Select, SeriesExample, SeriesRule
from warning.core.signals import Reason
from warning.core.terms import Act, Actor, Material, Terms
from warning.core.vocabulary import Certainty, Marking, Severity

NOON = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)


def _names(word: str) -> dict[str, tuple[str, ...]]:
    return {"en": (word,)}


def _act(en: str, ja: str, ko: str, direction: str = "tightening") -> Act:
    return Act(label={"en": en, "zh": en, "ja": ja, "ko": ko}, direction=direction, phrases=_names(en))


TERMS = Terms(
    materials={
        "gallium": Material(
            names=_names("gallium"),
            label={"en": "gallium", "zh": "镓", "ja": "ガリウム", "ko": "갈륨"},
            hs_codes=("811292",),
        ),
        "germanium": Material(
            names=_names("germanium"),
            label={"en": "germanium", "zh": "锗", "ja": "ゲルマニウム", "ko": "게르마늄"},
            hs_codes=("811292", "282560"),
        ),
        "graphite": Material(
            names=_names("graphite"),
            label={"en": "natural graphite", "zh": "天然石墨", "ja": "天然黒鉛", "ko": "천연흑연"},
            hs_codes=("250410",),
        ),
    },
    acts={
        "export_control": _act("export control", "輸出管理", "수출통제"),
        "entity_listing": _act("entity listing", "エンティティ・リスト掲載", "우려거래자 명단 등재"),
        "suspension": _act("suspension", "適用停止", "시행 유예", "easing"),
        "price_spike": _act("price spike", "価格急騰", "가격 급등"),
        "export_collapse": _act("export collapse", "輸出急減", "수출 급감"),
    },
    actors={
        "CN": Actor(label={"en": "China", "zh": "中国", "ja": "中国", "ko": "중국"}, names=_names("China")),
        "US": Actor(
            label={"en": "United States", "zh": "美国", "ja": "米国", "ko": "미국"}, names=_names("US")
        ),
        "JP": Actor(label={"en": "Japan", "zh": "日本", "ja": "日本", "ko": "일본"}, names=_names("Japan")),
    },
)


def _exposed(country: str, en: str, ja: str, ko: str, **materials: Dependence) -> CountryExposure:
    return CountryExposure(country=country, label={"en": en, "ja": ja, "ko": ko}, materials=materials)


def _on(grade_: str, reliance: float | None, share: float | None) -> Dependence:
    return Dependence(
        grade=grade_,
        net_import_reliance=reliance,
        top_supplier="CN" if share else None,
        top_supplier_share=share,
        year=2024,
        source="national statistics",
        verified=False,
    )


EXPOSURE = {
    "US": _exposed(
        "US", "United States", "米国", "미국", gallium=_on("B", 1.0, None), graphite=_on("B", 1.0, 0.43)
    ),
    "JP": _exposed("JP", "Japan", "日本", "일본", gallium=_on("B", None, 0.6), graphite=_on("A", 1.0, 0.9)),
    "KR": _exposed(
        "KR", "South Korea", "韓国", "한국", gallium=_on("A", 1.0, 0.98), graphite=_on("A", 1.0, 0.976)
    ),
}

RULES = (
    ListingRule(
        id="entity-list-additions",
        title="Names added to a control list",
        kind="listing",
        severity=Severity.SEVERE,
        act="entity_listing",
        direction="tightening",
        owner="analysts",
        rationale="for tests",
        examples=(
            ListingExample(fires=True, change="added", name="A"),
            ListingExample(fires=False, change="removed", name="B"),
        ),
    ),
    SeriesRule(
        id="export-collapse",
        title="Exports of a listed material collapse",
        kind="series",
        severity=Severity.SEVERE,
        act="export_collapse",
        direction="tightening",
        owner="analysts",
        rationale="for tests",
        select=Select(measures=("export_quantity",)),
        tests=({"method": "drop", "baseline_points": 6, "fall_ratio": 0.6},),
        examples=(SeriesExample(fires=True, values="100x12 0"), SeriesExample(fires=False, values="100x13")),
    ),
    SeriesRule(
        id="price-spike",
        title="The price of a listed material spikes",
        kind="series",
        severity=Severity.MODERATE,
        act="price_spike",
        direction="tightening",
        owner="analysts",
        rationale="for tests",
        select=Select(measures=("price",)),
        tests=({"method": "change", "steps": 4, "rise_ratio": 0.25},),
        examples=(
            SeriesExample(fires=True, values="100x12 150"),
            SeriesExample(fires=False, values="100x13"),
        ),
    ),
    text_rule("prc-controls"),
)


def _desk(desk_id: str, title: str, country: str, language: str, timezone: str) -> Desk:
    return Desk(
        id=desk_id,
        title=title,
        country=country,
        language=language,
        timezone=timezone,
        destinations=(
            Destination(channel="slack", to=(f"C0{country}",)),
            Destination(channel="mail", to=(f"desk-{desk_id}@example.org",)),
        ),
    )


DESKS = {
    "en": _desk("us", "Washington supply-chain desk", "US", "en", "America/New_York"),
    "ja": _desk("jp", "Tokyo supply-chain desk", "JP", "ja", "Asia/Tokyo"),
    "ko": _desk("kr", "Seoul supply-chain desk", "KR", "ko", "Asia/Seoul"),
}

BOOK = Rulebook(
    rules=RULES,
    terms=TERMS,
    exposure=EXPOSURE,
    desks=tuple(sorted(DESKS.values(), key=lambda d: d.id)),
    policy=Policy(severity=TABLE),
)

NOTICE = "商务部 海关总署公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告"
HASH = "9f2c4e0d1b7a" + "0" * 52


def graded(alert: Alert) -> Alert:
    return grade(AlertChange(kind="opened", alert=alert), BOOK).alert


def control(**changes) -> Alert:
    """China's gallium and germanium notice, with two press reports."""
    facts = {
        "materials": ("gallium", "germanium"),
        "instrument": "MOFCOM-GACC 2023/23",
        "announced": date(2023, 7, 3),
        "effective": date(2023, 8, 1),
    }
    notice = exhibit("i1", title=NOTICE, archive_hash=HASH, source_title="MOFCOM announcements")
    wire = press("i2", "wire", title="China to curb exports of chipmaking metals", source_title="A news wire")
    paper = press("i3", "paper", language="ko", title="중국, 갈륨·게르마늄 수출통제", source_title="A daily")
    shown = (notice, wire, paper)
    words = (("field", "title"), ("words", "镓 + 锗 + 实施出口管制"), ("sentence", NOTICE))
    why = (Reason(code="text.sentence", text="title: found 镓 + 锗 + 实施出口管制", params=words),)
    signals = [signal(e.evidence_id, facts=facts, exhibit=e, why=why) for e in shown]
    alert = graded(open_alert("a-0123456789abcdef", signals, BOOK))
    return replace(alert, **changes)


def updated() -> Alert:
    """The same alert as Seoul reads it after the date moved and the level rose."""
    differences = (
        Difference(code="effective", before="2023-08-01", after="2023-09-01"),
        Difference(code="severity", before="KR:severe", after="KR:extreme"),
    )
    alert = control()
    facts = replace(alert.facts, effective=date(2023, 9, 1))
    return replace(alert, version=2, facts=facts, differences=differences, updated_at=NOON.replace(day=5))


def easing() -> Alert:
    facts = {
        "act": "suspension",
        "direction": "easing",
        "materials": ("gallium", "germanium"),
        "instrument": "MOFCOM 2025/72",
        "effective": date(2025, 11, 9),
        "expires": date(2026, 11, 27),
    }
    return graded(open_alert("a-easing", [signal("i9", facts=facts)], BOOK))


def listing() -> Alert:
    facts = {
        "act": "entity_listing",
        "materials": (),
        "actors": ("US",),
        "targets": ("CN",),
        "names": tuple(f"Example Semiconductor {n} Co., Ltd." for n in range(1, 9)),
        "instrument": "89 FR 96830",
    }
    shown = exhibit(
        "l1", kind="regulatory", country="US", language="en", title="Entity List: 8 entries added"
    )
    return graded(open_alert("a-listing", [_of("entity-list-additions", "l1", facts, shown)], BOOK))


def flow() -> Alert:
    facts = {
        "act": "export_collapse",
        "materials": ("graphite",),
        "targets": ("JP",),
        "hs_codes": ("250410",),
    }
    shown = exhibit("o1", kind="customs", title="CN exports of HS 250410 to JP, 2023-12", language="en")
    drop = {"observed": "20 t", "baseline": "8,517 t", "move": "99.8 % under", "window": "12 months"}
    drop |= {"threshold": "60 % under", "period": "2023-12"}
    why = (Reason(code="series.drop", text="20 t is 99.8 % under 8,517 t", params=tuple(drop.items())),)
    alert = open_alert("a-flow", [_of("export-collapse", "o1", facts, shown, story="s-1", why=why)], BOOK)
    return graded(alert)


def price() -> Alert:
    facts = {"act": "price_spike", "materials": ("gallium",), "actors": ()}
    shown = exhibit(
        "o2", kind="price", official=False, title="Gallium, USD/kg, 2023-W31", language="en", reliability="B"
    )
    alert = open_alert("a-price", [_of("price-spike", "o2", facts, shown, story="s-2")], BOOK)
    return graded(alert)


def bare() -> Alert:
    """An act nobody has words for, with nothing known about it."""
    facts = {"act": "something_new", "materials": (), "actors": (), "direction": "neutral"}
    shown = press("i8", title="", url="javascript:alert(1)", published_at=None)
    alert = open_alert("a-bare", [signal("i8", facts=facts, exhibit=shown)], BOOK)
    return replace(graded(alert), certainty=Certainty.UNKNOWN)


def _of(rule_id: str, evidence_id: str, facts: dict, shown, **changes):
    rule = next(r for r in RULES if r.id == rule_id)
    return signal(
        evidence_id,
        rule_id=rule_id,
        rule_title=rule.title,
        severity=rule.severity,
        facts=facts,
        exhibit=shown,
        **changes,
    )


SAMPLES = {
    "control": control,
    "updated": updated,
    "easing": easing,
    "listing": listing,
    "flow": flow,
    "price": price,
    "bare": bare,
}


def message(alert: Alert | None = None, language: str = "en") -> Message:
    return render(alert or control(), DESKS[language], BOOK)


def row(alert: Alert | None = None, language: str = "en", channel: str = "slack", **changes) -> OutboxRow:
    alert, desk = alert or control(), DESKS[language]
    address = next(d.address for d in desk.destinations if d.channel == channel)
    values = {
        "id": f"d-{alert.key}-{alert.version}-{desk.id}-{channel}",
        "alert_key": alert.key,
        "alert_version": alert.version,
        "desk_id": desk.id,
        "channel": channel,
        "address": address,
        "reason": "first" if alert.version == 1 else "update",
        "state": "pending",
        "attempts": 1,
        "next_attempt_at": NOON,
        "created_at": NOON,
        **changes,
    }
    return OutboxRow(**values)


def with_severity(alert: Alert, severity: Severity) -> Alert:
    gradings = tuple(g.model_copy(update={"severity": severity}) for g in alert.gradings)
    return replace(alert, severity=severity, gradings=gradings)


def marked(marking: Marking, **changes) -> Alert:
    return control(marking=marking, **changes)
