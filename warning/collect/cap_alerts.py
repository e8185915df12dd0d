"""CAP 1.2 -> items: one alert, or an ally's feed that links to alerts. What may be done with an alert binds its item."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from warning.collect.feed_items import RawEntry, items_from
from warning.collect.times import read_time
from warning.collect.xml_read import child_text, local_name, read_xml_document
from warning.core.documents import Document, Parsed
from warning.core.evidence import Item
from warning.core.formats_documents import CapFormat
from warning.core.handling import narrowest, narrowest_said
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.errors import ParseError

MAX_ENTRIES = 2_000
CAP_TYPE = "application/cap+xml"
_NOT_EVIDENCE = frozenset({"Exercise", "Test", "Draft", "System"})
_NO_NEWS = frozenset({"Ack", "Error"})
_TLP = re.compile(r"TLP\s*[:\s]\s*(CLEAR|WHITE|GREEN|AMBER\+STRICT|AMBER|RED)\b", re.IGNORECASE)
_RELEASE = re.compile(r"\bREL(?:EASABLE)?\s+TO\s+([A-Z]{2}(?:\s*[,/ ]\s*[A-Z]{2})*)\b")
_LEFT = re.compile(r"[\s;,.]+")


def parse_cap(document: Document, layout: CapFormat, profile: SourceProfile) -> Parsed:
    """Read an alert or a feed of alerts. The items of a feed are what its entries say until their alerts are read."""
    root, problems = read_xml_document(document)
    name = local_name(root)
    if name == "alert":
        items, more = _alerts([root], document, layout, profile)
        return Parsed(items=items, problems=(*problems, *more), seen=1)
    if name == "feed":
        return _feed(_named(root, "entry"), document, profile, problems)
    if name == "rss":
        entries = list(root.iter("{*}item"))
        return _feed(entries, document, profile, problems)
    alerts = list(root.iter("{*}alert"))
    if not alerts:
        raise ParseError(f"neither a CAP alert nor a feed of alerts: the document begins with {name}")
    items, more = _alerts(alerts[:MAX_ENTRIES], document, layout, profile)
    return Parsed(items=items, problems=(*problems, *more), seen=len(alerts))


def restriction_of(said: str) -> tuple[Marking, frozenset[str] | None, bool]:
    """Return marking, release list and whether every word of a restriction was understood.

    What is not understood is RED: a caveat nobody here can read forbids more than we know.
    """
    found = [_marking(word) for word in _TLP.findall(said)]
    lists = [frozenset(re.findall(r"[A-Z]{2}", codes)) for codes in _RELEASE.findall(said)]
    released = frozenset.intersection(*lists) if lists else None
    understood = bool(found) and not _LEFT.sub("", _RELEASE.sub("", _TLP.sub("", said)))
    return (max(found) if understood else Marking.RED), released, understood


def feed_restriction(document: Document) -> tuple[Marking | None, frozenset[str] | None]:
    """Return the narrowest marking and release list that a feed's entries carry; None where none carries any.

    For a feed that is read as news: one whose entries say who may see them holds no text that is open to more.
    """
    try:
        root, _ = read_xml_document(document)
    except ParseError:
        return None, None
    entries = list(root.iter("{*}entry", "{*}item"))
    said = [restriction_of(" ".join(terms)) for entry in entries if (terms := list(_terms(entry)))]
    return narrowest_said((marking, released) for marking, released, _ in said)


def _marking(word: str) -> Marking:
    return Marking.CLEAR if word.upper() == "WHITE" else Marking(word.upper())


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in root if local_name(child) == name]


def _alerts(
    alerts: Sequence[etree._Element], document: Document, layout: CapFormat, profile: SourceProfile
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    items: list[Item] = []
    problems: list[str] = []
    for alert in alerts:
        if not child_text(alert, "identifier") or not child_text(alert, "sender"):
            problems.append("an alert without identifier or sender is no CAP alert")
        elif child_text(alert, "sender") in layout.own_senders or _says_nothing(alert):
            continue
        else:
            read, faults = _read(alert, document, profile)
            items += read
            problems += faults
    return tuple(items), tuple(problems)


def _says_nothing(alert: etree._Element) -> bool:
    return child_text(alert, "status") in _NOT_EVIDENCE or child_text(alert, "msgType") in _NO_NEWS


def _read(
    alert: etree._Element, document: Document, profile: SourceProfile
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    infos = _named(alert, "info")
    info = _spoken(infos, profile.language)
    marking, released, problem = _handling(alert, info)
    sent = read_time(child_text(alert, "sent"), profile.country)
    link = child_text(info, "web") if info is not None else ""
    raw = RawEntry(
        external_id=_identity(alert),
        link=link or (document.url if document.url.startswith("http") else ""),
        title=_title(alert, info),
        summary=_texts(info, ("description",)),
        body="<br>".join(_lines(alert, infos)),
        dates=(sent,) if sent else (),
    )
    items, faults = items_from([raw], document, profile)
    bound = tuple(_bound(item, marking, released, profile) for item in items)
    return bound, (*([problem] if problem else ()), *faults)


def _identity(alert: etree._Element) -> str:
    """One alert over its updates: its incident, else the first message that it refers to, else itself."""
    sender = child_text(alert, "sender")
    first = child_text(alert, "references").split(" ")[0].split(",")
    named = child_text(alert, "incidents") or (first[1] if len(first) == 3 else "")
    return f"{sender} {named or child_text(alert, 'identifier')}"


def _spoken(infos: Sequence[etree._Element], language: str) -> etree._Element | None:
    """The info in the source's language, else the first."""
    own = (info for info in infos if child_text(info, "language").lower().startswith(language))
    return next(own, infos[0] if infos else None)


def _title(alert: etree._Element, info: etree._Element | None) -> str:
    said = "" if info is None else child_text(info, "headline") or child_text(info, "event")
    title = said or f"CAP alert {child_text(alert, 'identifier')}"
    return f"Cancelled: {title}" if child_text(alert, "msgType") == "Cancel" else title


def _texts(info: etree._Element | None, names: Sequence[str]) -> str:
    if info is None:
        return ""
    return "<br>".join(filter(None, (_escaped(child_text(info, name)) for name in names)))


def _lines(alert: etree._Element, infos: Sequence[etree._Element]) -> Iterator[str]:
    """Everything the alert says in every language, and its coded facts: what rules read."""
    for info in infos:
        yield _texts(info, ("headline", "description", "instruction"))
        for area in _named(info, "area"):
            yield _escaped(child_text(area, "areaDesc"))
    for info in infos[:1]:
        coded = [*_named(info, "eventCode"), *_named(info, "parameter")]
        yield _escaped(
            "; ".join(
                f"{child_text(c, 'valueName').rpartition(':')[2]}: {child_text(c, 'value')}" for c in coded
            )
        )
    yield _escaped(f"{child_text(alert, 'msgType')} from {child_text(alert, 'sender')}")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _handling(
    alert: etree._Element, info: etree._Element | None
) -> tuple[Marking | None, frozenset[str] | None, str]:
    """What an alert says about who may see it. Public says nothing: the source's own marking holds."""
    scope = child_text(alert, "scope")
    said = child_text(alert, "restriction") or _parameter(info, "marking") or child_text(alert, "note")
    if scope == "Public":
        marking, released, understood = restriction_of(said)
        return (marking, released, "") if understood else (None, None, "")
    marking, released, understood = restriction_of(said)
    if scope == "Private":
        return Marking.RED, released, ""
    if understood:
        return marking, released, ""
    problem = f"the restriction {said[:80]!r} of {child_text(alert, 'identifier')} is not understood: RED"
    return Marking.RED, released, problem


def _parameter(info: etree._Element | None, name: str) -> str:
    for parameter in () if info is None else _named(info, "parameter"):
        if child_text(parameter, "valueName").rpartition(":")[2] == name:
            return child_text(parameter, "value")
    return ""


def _bound(
    item: Item, marking: Marking | None, released: frozenset[str] | None, profile: SourceProfile
) -> Item:
    """The narrower of what the alert and what its source allows."""
    own = Marking.CLEAR if marking is None else marking
    narrow, both = narrowest(own, released, [(profile.marking, profile.release_to)])
    return replace(item, marking=narrow, release_to=both)


def _feed(
    entries: Sequence[etree._Element], document: Document, profile: SourceProfile, problems: tuple[str, ...]
) -> Parsed:
    items: list[Item] = []
    faults: list[str] = []
    for entry in entries[:MAX_ENTRIES]:
        marking, released, _ = restriction_of(" ".join(_terms(entry)))
        read, wrong = items_from([_entry(entry)], document, profile)
        items += [_bound(item, marking, released, profile) for item in read]
        faults += wrong
    distinct = {item.id: item for item in items}
    return Parsed(items=tuple(distinct.values()), problems=(*problems, *faults), seen=len(entries))


def _terms(entry: etree._Element) -> Iterator[str]:
    for category in _named(entry, "category"):
        term = category.get("term") or (category.text or "")
        if "TLP" in term.upper():
            yield term


def _entry(entry: etree._Element) -> RawEntry:
    """A feed's entry; its address is that of the alert itself where the feed gives one."""
    links = [
        link for link in _named(entry, "link") if link.get("rel", "alternate") in {"alternate", "enclosure"}
    ]
    alert = next((link for link in links if link.get("type") == CAP_TYPE), links[0] if links else None)
    address = "" if alert is None else alert.get("href") or (alert.text or "")
    return RawEntry(
        external_id=child_text(entry, "id") or child_text(entry, "guid"),
        link=address,
        title=child_text(entry, "title"),
        summary=child_text(entry, "summary") or child_text(entry, "description"),
        dates=tuple(filter(None, (child_text(entry, name) for name in ("updated", "pubDate", "published")))),
    )
