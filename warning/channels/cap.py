"""An alert version as a CAP 1.2 message: one `info` a language, the same version the same bytes. Pure.

The schema does not check what depends on what: `faults` does.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from lxml import etree

from warning.channels.message import Message, Source
from warning.channels.plain import plain
from warning.core.vocabulary import Certainty, Marking, Severity

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
PROFILE = "urn:allied-early-warning"
HEADLINE_LIMIT = 160
TEXT_LIMIT = 4000

MsgType = Literal["Alert", "Update", "Cancel"]

_LANGUAGES = {"en": "en-US", "ja": "ja-JP", "ko": "ko-KR"}
_SEVERITIES = {
    Severity.EXTREME: "Extreme",
    Severity.SEVERE: "Severe",
    Severity.MODERATE: "Moderate",
    Severity.MINOR: "Minor",
    Severity.UNKNOWN: "Unknown",
}
_CERTAINTIES = {
    Certainty.OBSERVED: "Observed",
    Certainty.LIKELY: "Likely",
    Certainty.POSSIBLE: "Possible",
    Certainty.UNLIKELY: "Unlikely",
    Certainty.UNKNOWN: "Unknown",
}
_EXPECTED_DAYS = 30
_IDENTIFIER = re.compile(r"[^\s,<&]+")
_SENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """`address` identifies the sender for all time; `name` is what people read."""

    address: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A message that a later one refers to."""

    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CapInput:
    """One version: the same alert rendered in each language, the desk's own first.

    `earlier` are the messages about this alert already issued, oldest first. `events` are the act's names by language,
    `area` the names of the desk's country. `withdrawn` says that nothing of the alert is left. `name` is the identifier
    of what stands for no version.
    """

    messages: tuple[Message, ...]
    country: str
    events: tuple[str, ...]
    area: tuple[str, ...]
    addresses: tuple[str, ...]
    earlier: tuple[Issued, ...] = ()
    withdrawn: bool = False
    is_drill: bool = False
    category: Literal["Security", "Other"] = "Security"
    name: str = ""

    @property
    def identifier(self) -> str:
        return self.name or cap_identifier(self.messages[0])

    @property
    def sent(self) -> datetime:
        return self.messages[0].updated_at


def cap_identifier(message: Message) -> str:
    """Return what names this version of the alert at this desk: a file name too."""
    return named_identifier(message.alert_key, message.version, message.desk_id)


def named_identifier(alert_key: str, version: int, desk_id: str) -> str:
    return f"{alert_key}-v{version}-{desk_id}"


def cap_message(given: CapInput, sender: Sender) -> bytes:
    """Return the document in UTF-8. Raises ValueError with what `faults` finds: nothing faulty is ever issued."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    message = given.messages[0]
    kind = _kind(given)
    _add(root, "identifier", given.identifier)
    _add(root, "sender", re.sub(r"[\s,<&]", "", sender.address))
    _add(root, "sent", stamp(given.sent))
    _add(root, "status", "Exercise" if given.is_drill else "Actual")
    _add(root, "msgType", kind)
    _add(root, "source", plain(sender.name, 200))
    scope = _scope(message)
    _add(root, "scope", scope)
    if scope == "Restricted":
        _add(root, "restriction", _restriction(message))
    if scope == "Private":
        _add(root, "addresses", " ".join(_quoted(address) for address in given.addresses))
    _add(root, "note", _note(message))
    if kind != "Alert":
        address = root.findtext(f"{{{NAMESPACE}}}sender")
        _add(root, "references", " ".join(f"{address},{e.identifier},{stamp(e.sent)}" for e in given.earlier))
    _add(root, "incidents", message.alert_key)
    for position, spoken in enumerate(given.messages):
        _info(root, spoken, given, position, sender, kind)
    wrong = faults(root)
    if wrong:
        raise ValueError("; ".join(wrong))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _note(message: Message) -> str:
    """The marking, what the sources contradict each other on, and who may help: the standard has no field for these."""
    disputed = [f"{row.label}: {row.value}" for row in (*message.disputes, *message.assistance)]
    return plain("; ".join([f"TLP:{message.marking.value}", *disputed]), TEXT_LIMIT)


def stamp(value: datetime) -> str:
    """Return a time as CAP wants it: whole seconds, no Z, and -00:00 for UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def faults(root: etree._Element) -> tuple[str, ...]:
    """Return what the schema lets pass and the standard does not."""
    said = _Said(root)
    found = [
        f"{scope} needs {needed}"
        for scope, needed in (("Restricted", "restriction"), ("Private", "addresses"))
        if said("scope") == scope and not said(needed)
    ]
    found += (
        [f"{said('scope')} takes no restriction"]
        if said("restriction") and said("scope") != "Restricted"
        else []
    )
    if said("msgType") in {"Update", "Cancel", "Ack", "Error"} and not said("references"):
        found.append(f"{said('msgType')} needs references")
    found += [
        f"{name} holds a space, a comma, < or &"
        for name in ("identifier", "sender")
        if not _IDENTIFIER.fullmatch(said(name))
    ]
    times = [
        e for name in ("sent", "effective", "onset", "expires") for e in root.iter(f"{{{NAMESPACE}}}{name}")
    ]
    found += [
        f"{etree.QName(e).localname} {e.text!r} must have whole seconds and an offset, no Z"
        for e in times
        if not _SENT.fullmatch(e.text or "")
    ]
    infos = root.findall(f"{{{NAMESPACE}}}info")
    languages = [info.findtext(f"{{{NAMESPACE}}}language") for info in infos]
    found += ["two infos in one language"] if len(set(languages)) != len(languages) else []
    found += ["an info without areaDesc" for i in infos if not i.findtext(f".//{{{NAMESPACE}}}areaDesc")]
    return tuple(found)


class _Said:
    def __init__(self, root: etree._Element) -> None:
        self._root = root

    def __call__(self, name: str) -> str:
        return self._root.findtext(f"{{{NAMESPACE}}}{name}") or ""


def _kind(given: CapInput) -> MsgType:
    if not given.earlier:
        return "Alert"
    return "Cancel" if given.withdrawn else "Update"


def _scope(message: Message) -> str:
    if message.marking is Marking.RED:
        return "Private"
    return "Public" if message.marking is Marking.CLEAR and message.release_to is None else "Restricted"


def _restriction(message: Message) -> str:
    released = "" if message.release_to is None else f"; REL TO {', '.join(sorted(message.release_to))}"
    return f"TLP:{message.marking.value}{released}"


def _info(
    root: etree._Element, message: Message, given: CapInput, position: int, sender: Sender, kind: MsgType
) -> None:
    """The order of the elements is the schema's."""
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    facts = message.alert.facts
    _add(info, "language", _LANGUAGES[message.language])
    _add(info, "category", given.category)
    _add(info, "event", plain(given.events[position], 100) or facts.act)
    _add(info, "responseType", _response(message, kind))
    _add(info, "urgency", _urgency(message, kind))
    _add(info, "severity", _SEVERITIES[message.severity])
    _add(info, "certainty", _CERTAINTIES[message.alert.certainty])
    if facts.act:
        _named(info, "eventCode", f"{PROFILE}:act", facts.act)
    _named(info, "eventCode", f"{PROFILE}:direction", facts.direction)
    _add(info, "effective", stamp(given.sent))
    if facts.effective:
        _add(info, "onset", _midnight(facts.effective))
    if facts.expires and facts.expires > given.sent.date():
        _add(info, "expires", _midnight(facts.expires))
    _add(info, "senderName", plain(sender.name, 200))
    _add(info, "headline", plain(message.title, HEADLINE_LIMIT))
    _add(info, "description", plain(" · ".join((message.lead, *message.why)), TEXT_LIMIT))
    _add(info, "instruction", plain(message.next_step, TEXT_LIMIT))
    link = next((source.link for source in message.sources if source.link), "")
    if link:
        _add(info, "web", link)
    for name, value in _parameters(message):
        _named(info, "parameter", f"{PROFILE}:{name}", value)
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", plain(given.area[position], 100))
    _named(area, "geocode", "ISO3166-1", given.country)


def _parameters(message: Message) -> list[tuple[str, str]]:
    alert, facts = message.alert, message.alert.facts
    found = [
        ("marking", f"TLP:{message.marking.value}"),
        ("alert", alert.key),
        ("version", str(message.version)),
        ("rule", f"{alert.rule_id} {alert.rule_version}".strip()),
        ("instrument", plain(facts.instrument or "", 200)),
        ("announced", facts.announced.isoformat() if facts.announced else ""),
        ("ends", facts.expires.isoformat() if facts.expires else ""),
        ("shared", message.shared),
        *(("material", material) for material in facts.materials),
        *(("hs", code) for code in facts.hs_codes),
        *(("actor", actor) for actor in facts.actors),
        *(("target", target) for target in facts.targets),
        *(("source", f"{source.publisher}: {source.title}") for source in message.sources),
        *(("admiralty", _graded(source)) for source in message.sources),
    ]
    return [(name, value) for name, value in found if value]


def _graded(source: Source) -> str:
    """The Admiralty code of a source, in the order of the sources: `B2: Ministry`, `E5, doubtful: Mission`."""
    return f"{source.admiralty}{', doubtful' if source.is_doubtful else ''}: {source.publisher}"


def _response(message: Message, kind: MsgType) -> str:
    if kind == "Cancel":
        return "None"
    return {"easing": "AllClear", "tightening": "Assess"}.get(message.alert.facts.direction, "Monitor")


def _urgency(message: Message, kind: MsgType) -> str:
    """By the day it takes effect; what eases and what is taken back asks for nothing any more."""
    facts = message.alert.facts
    if kind == "Cancel" or facts.direction == "easing":
        return "Past"
    if facts.effective is None:
        return "Unknown"
    days = (facts.effective - message.updated_at.date()).days
    if days <= 0:
        return "Immediate"
    return "Expected" if days <= _EXPECTED_DAYS else "Future"


def _midnight(day: date) -> str:
    """Dates of acts are days: their first second in UTC stands for them, as the parameters' note says."""
    return stamp(datetime.combine(day, time(), UTC))


def _quoted(address: str) -> str:
    clean = plain(address, 100).replace('"', "")
    return f'"{clean}"' if " " in clean else clean


def _named(parent: etree._Element, name: str, key: str, value: str) -> None:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(element, "valueName", key)
    _add(element, "value", plain(value, 400))


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
