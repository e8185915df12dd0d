"""One week of alerts, figures and sources, and the digest of it for a desk of each language."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.core.build import TABLE
from warning.core.alerts import Alert, Difference
from warning.core.desks import Desk, Destination
from warning.core.evidence import Observation
from warning.core.exposure import CountryExposure, Dependence
from warning.core.health import SourceState
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.severity_table import Grading
from warning.core.signals import Exhibit, Facts
from warning.core.sources import SourceProfile
from warning.core.terms import Act, Actor, Material, Terms
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.report.build import WeekInput, build_digest
from warning.report.document import DigestDocument

WEEK = "2023-W27"
ZONES = {"en": "America/New_York", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
COUNTRIES = {"en": "US", "ja": "JP", "ko": "KR"}
SEEN = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)
WRITTEN = datetime(2023, 7, 10, 14, 0, tzinfo=UTC)

TERMS = Terms(
    materials={
        "gallium": Material(
            names={"en": ("gallium",)},
            label={"en": "Gallium", "ja": "ガリウム", "ko": "갈륨", "zh": "镓"},
        ),
        "antimony": Material(
            names={"en": ("antimony",)},
            label={"en": "Antimony", "ja": "アンチモン", "ko": "안티모니", "zh": "锑"},
        ),
    },
    acts={
        "export_control": Act(
            label={"en": "export control", "ja": "輸出規制", "ko": "수출통제", "zh": "出口管制"},
            direction="tightening",
            phrases={"en": ("export control",)},
        ),
        "suspension": Act(
            label={"en": "suspension", "ja": "停止", "ko": "유예", "zh": "暂停"},
            direction="easing",
            phrases={"en": ("suspends",)},
        ),
    },
    actors={
        "CN": Actor(
            label={"en": "China", "ja": "中国", "ko": "중국", "zh": "中国"}, names={"en": ("China",)}
        ),
        "EU": Actor(
            label={"en": "Europe", "ja": "欧州", "ko": "유럽", "zh": "欧洲"}, names={"en": ("Europe",)}
        ),
        "US": Actor(
            label={"en": "United States", "ja": "米国", "ko": "미국", "zh": "美国"}, names={"en": ("US",)}
        ),
        "JP": Actor(
            label={"en": "Japan", "ja": "日本", "ko": "일본", "zh": "日本"}, names={"en": ("Japan",)}
        ),
        "KR": Actor(
            label={"en": "Korea", "ja": "韓国", "ko": "한국", "zh": "韩国"}, names={"en": ("Korea",)}
        ),
    },
)


def exposure(country: str) -> CountryExposure:
    return CountryExposure(
        country=country,
        label={"en": country},
        materials={"gallium": Dependence(grade="A", source="a published table", verified=True)},
    )


def book() -> Rulebook:
    profile = SourceProfile(
        id="board", title="Announcement board", publisher="board", kind="regulatory", country="CN",
        language="zh", reliability="A", official=True, marking=Marking.CLEAR,
    )  # fmt: skip
    table = TABLE
    return Rulebook(
        terms=TERMS,
        exposure={c: exposure(c) for c in COUNTRIES.values()},
        policy=Policy(severity=table),
        sources={
            "board": profile,
            "wire": replace(profile, id="wire", title="Wire <service>"),
            "never-seen": replace(profile, id="never-seen", title="never-seen"),
            "prices": replace(profile, id="prices", title="Prices"),
            "trade": replace(profile, id="trade", title="Trade"),
        },
    )


def desk_of(language: str, **changes: object) -> Desk:
    values = {
        "id": COUNTRIES[language].lower(),
        "title": f"{COUNTRIES[language]} desk",
        "country": COUNTRIES[language],
        "language": language,
        "timezone": ZONES[language],
        "destinations": (Destination(channel="mail", to=("desk@example.org",)),),
        "digest_to": (Destination(channel="mail", to=("desk@example.org",)),),
    }
    return Desk.model_validate({**values, **changes})


def exhibit(**changes: object) -> Exhibit:
    exhibit = Exhibit(
        evidence_id="i-1", source_id="board", source_title="Announcement board", publisher="board",
        kind="regulatory", country="CN", language="zh", official=True, reliability="A", marking=Marking.CLEAR,
        release_to=None, title="关于对镓、锗相关物项实施出口管制的公告", url="https://board.example/1",
        published_at=SEEN - timedelta(minutes=10), known_at=SEEN,
    )  # fmt: skip
    return replace(exhibit, **changes)


def alert(**changes: object) -> Alert:
    alert = Alert(
        key="a-0001", version=1, rule_id="controls", rule_version="1", rule_title="Controls",
        title="China · gallium: export control",
        facts=Facts(
            act="export_control", direction="tightening", materials=("gallium",), actors=("CN",),
            instrument="MOFCOM-GACC 2023/23", announced=date(2023, 7, 3), effective=date(2023, 8, 1),
        ),
        severity=Severity.SEVERE, certainty=Certainty.OBSERVED, interrupts=True, marking=Marking.CLEAR,
        release_to=None, opened_at=SEEN, updated_at=SEEN, last_evidence_at=SEEN, publishers=("board", "wire"),
        exhibits=(exhibit(),), evidence_total=3, signal_ids=("s-1",), why=(),
        gradings=tuple(
            Grading(country=c, severity=Severity.EXTREME, grade="A", because="grade A")
            for c in ("JP", "KR", "US")
        ),
        differences=(Difference(code="opened", after="export_control"),),
    )  # fmt: skip
    return replace(alert, **changes)


def easing(**changes: object) -> Alert:
    facts = Facts(
        act="suspension", direction="easing", materials=("antimony",), actors=("CN",), targets=("US",),
        expires=date(2023, 8, 27),
    )  # fmt: skip
    gradings = tuple(
        Grading(country=c, severity=Severity.MODERATE, grade="B", because="") for c in ("JP", "KR", "US")
    )
    return alert(
        key="a-0002", facts=facts, gradings=gradings, exhibits=(exhibit(title="暂停实施"),), **changes
    )


def price(period: str, value: float) -> Observation:
    return Observation(
        id=f"o-{period}", source_id="prices", series_id="ga-eu", material="gallium", measure="price",
        reporter="EU", unit="kg", currency="USD", frequency="W", period=period, value=value,
        known_at=datetime.fromisoformat(f"{period}T12:00:00+00:00"),
    )  # fmt: skip


def flow(period: str, value: float, known: str) -> Observation:
    return Observation(
        id=f"o-{period}-f", source_id="trade", series_id="ga-wld", material="gallium",
        measure="export_quantity", reporter="CN", unit="kg", frequency="M", period=period, value=value,
        known_at=datetime.fromisoformat(f"{known}T00:00:00+00:00"),
    )  # fmt: skip


def week(**changes: object) -> WeekInput:
    read = SourceState(source_id="board", condition="ok", last_success_at=SEEN)
    down = SourceState(
        source_id="wire", condition="failing", cause="the server answered 503",
        last_success_at=datetime(2023, 6, 20, tzinfo=UTC),
    )  # fmt: skip
    updated = alert(
        version=2,
        updated_at=SEEN + timedelta(hours=2),
        differences=(
            Difference(code="effective", before="", after="2023-08-01"),
            Difference(code="severity", before="JP:severe", after="JP:extreme"),
            Difference(code="severity", before="KR:severe", after="KR:extreme"),
            Difference(code="severity", before="US:severe", after="US:extreme"),
        ),
    )
    found = WeekInput(
        versions=(alert(), easing(), updated),
        standing=(updated, easing()),
        observations=(
            price("2023-06-09", 240.0), price("2023-07-07", 305.0),
            flow("2022-05", 7000.0, "2022-06-20"), flow("2023-05", 5600.0, "2023-06-20"),
        ),
        sources={"board": read, "wire": down},
        enabled=frozenset({"board", "wire", "never-seen"}),
        items=41,
        figures=12,
    )  # fmt: skip
    return replace(found, **changes)


def digest(language: str = "en", found: WeekInput | None = None, **desk: object) -> DigestDocument:
    return build_digest(WEEK, desk_of(language, **desk), book(), found or week(), WRITTEN)
