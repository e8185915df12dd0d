"""From a rule's verdict on a reading to the facts a desk needs."""

import re
from collections.abc import Callable, Iterable

from warning.core.rules import TextRule
from warning.core.signals import Facts
from warning.core.text.abstracts import moved_by_abstract
from warning.core.text.conditions import Verdict
from warning.core.text.counts import counts_in
from warning.core.text.duty_steps import brings_a_duty_back, lowers_a_duty
from warning.core.text.hs_codes import hs_codes_in, materials_of_codes
from warning.core.text.instruments import instrument_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Hit, in_text_order
from warning.core.text.named_goods import answered_goods, apposed_classes, weighed_goods
from warning.core.text.no_relief import raises_a_duty
from warning.core.text.parties import actors_in, targets_in
from warning.core.text.reading import Reading
from warning.core.text.reported import is_named_for_its_buyer, shown_state
from warning.core.text.subject import acting_state, led_state
from warning.core.text.timing import timing_of
from warning.core.vocabulary import Direction

EASING_CUE = "cue:ease"
_HEADED = re.compile(
    r"^(?:[^。；，、,;\n]{0,8}、){0,12}[^。；，、,;\n]{0,12}?(?:相关(?:两用)?(?:物项|技术|材料|设备)|(?:等|两用)?物项)"
    r"|^(?:[ -]related)?\s+(?:items|products|technolog)",
    re.IGNORECASE,
)
_OPEN_TITLE = re.compile(r"等(?!\d)|有关物项|certain|related|and other", re.IGNORECASE)
# Of a list in plain figures only the first entry: where the count begins anew, another class of goods begins.
_NUMBERED_ITEM = re.compile(
    r"^(?:[（(][一二三四五六七八九十]+[）)]|1\s?[.．、])[^。；\n]{0,34}", re.MULTILINE
)
# Says what the listed firm does, not what may no longer leave: chip analysis firm, 半導体調査会社, 반도체 분석업체.
_FIRM_AFTER = re.compile(
    r"^(?:[ -](?:[a-z-]+ )?(?:analysis |research |tools? )?(?:firm|compan|maker|group|manufacturer|consultanc|supplier)"
    r"|[^\s、，,：:…]{0,6}(?:会社|企業|メーカー|大手|公司|企业|机构|厂商)|\s?[가-힣]{0,4}\s?(?:업체|기업|회사|기관))",
    re.IGNORECASE,
)
# Acts whose rules are told in one another's words; what the words name is what the state did.
_SHARPER = {
    "export_control": frozenset({"export_ban", "quota", "export_tax"}),
    "export_ban": frozenset({"quota", "export_tax"}),
    "anti_dumping": frozenset({"tariff"}),
}
# The press calls dumping duties on one good tariffs too: only duties on a state's goods at large are told apart.
_GENERAL_DUTY = re.compile(
    r"retaliatory|\ball (?:US|U\.S\.|American|\w+ese|\w+an) (?:goods|imports)|加征|所有进口商品|報復関税|追加関税|보복 ?관세",
    re.IGNORECASE,
)
# A ban whose goods stand between its verb and the trade: 禁止镓、锗出口. Of a curb that is halted (暂停镓出口管制) none.
_GAPPED_BAN = re.compile(
    r"(?<![不未])(?:禁止|严禁|叫停|停止|暂停)[^，。；：！\s]{1,24}?(?:出口|出境)(?!管制|管控|限制|禁令|许可|审批|配额|检验|法检|关税|税|退税|申报|商|企业)"
)
_FIRM_ACTS = frozenset({"unreliable_entity", "countermeasure"})
_FEARED = re.compile(r"懸念|影響|恐れ|우려|타격|担忧|影响|fear|worr|\bhit\b", re.IGNORECASE)
_FEARS = re.compile(r"[\s　、，,;；:：…]+|\s(?:as|amid|over)\s")
# A catalogue names no goods in its title; what it adds or changes stands in its first sentences.
_CATALOGUE = re.compile(r"目录|清单|リスト|목록|\bcatalogue\b|\bcatalog\b", re.IGNORECASE)
_CHANGES = re.compile(r"新增|增加|修改|调整|追加|추가|\badds?\b|\badded\b", re.IGNORECASE)
_LISTS_MORE = re.compile(r"\b(?:Additions?|adds?)\b|增列|追加", re.IGNORECASE)
_OFFICIAL_HEAD = 600
_LEAD = 1200
_OPENING = 300


def facts_of(
    rule: TextRule,
    verdict: Verdict,
    reading: Reading,
    lexicon: Lexicon,
    *,
    official: bool,
    declared: str = "",
) -> Facts:
    """Extract what the event is about; facts the text does not give stay empty.

    `declared` is the state that a mission report's author says it is about.
    """
    reading = verdict.reading_of(reading, rule.direction)
    title = reading.sentences_in_title()
    told = {reading.sentence_of(hit) for event in verdict.events for hit in event} or title
    act, direction = _act(rule, verdict, reading, lexicon, told)
    actors = rule.actors or _whose(rule, reading, title | told, lexicon, declared)
    stretches = _stretches(reading, told)
    own = official and reading.item.country in actors
    # A ministry that tells of another state's act reports like the press: its own day is not the act's.
    notice = own or (official and not actors)
    dated = [*stretches, reading.summary] if official else stretches
    timing = timing_of(reading.item, reading.text, dated, official=notice)
    codes = hs_codes_in(reading.text)
    materials = _materials(verdict, reading, lexicon, title, told, official=own) or _coded(
        codes, lexicon, official=own
    )
    return Facts(
        act=act,
        direction=direction,
        materials=_of_the_act(act, materials, reading, actors),
        actors=tuple(actors),
        # The title of a list's notice counts its entries; whose they are stands in what follows it.
        targets=targets_in(
            reading,
            title | told | (_opening(reading) if official else set()),
            frozenset(actors),
            act=act,
        ),
        instrument=instrument_of(
            reading.item,
            # Who eases an act cites the act that is eased; only the title and the act's own sentence tell the new one.
            stretches if direction == "easing" else _numbered(reading, stretches, official=own),
        ),
        announced=timing.announced,
        effective=timing.effective,
        expires=timing.expires,
        hs_codes=codes,
        counts=counts_in(stretches),
    )


def _whose(
    rule: TextRule, reading: Reading, sentences: frozenset[int] | set[int], lexicon: Lexicon, declared: str
) -> tuple[str, ...]:
    """The declared state, unless it is who waits for a named producer's goods; else, of a rule that understands one, whom the words show or that one; else as told."""
    if declared and not is_named_for_its_buyer(declared, reading, sentences):
        return (declared,)
    if rule.else_actors:
        shown = shown_state(reading, sentences)
        return (shown,) if shown else rule.else_actors
    return _actors(reading, sentences, lexicon)


def _actors(reading: Reading, sentences: Iterable[int], lexicon: Lexicon) -> tuple[str, ...]:
    """Whom the headline shows acting; where it is silent, who is named, and of an official act its own state."""
    if state := acting_state(reading) or led_state(reading):
        return (state,)
    return actors_in(reading, sentences, lexicon.terms.actors)


def _act(
    rule: TextRule, verdict: Verdict, reading: Reading, lexicon: Lexicon, told: set[int] | frozenset[int]
) -> tuple[str, Direction]:
    """The rule's own act and direction where it states them, unless the words name a sharper act and not the rule's; else those of the words, eased by easing words."""
    act = (
        _sharper(rule, verdict, reading, told)
        or rule.act
        or _act_said(verdict, reading, told)
        or _own_act(rule)
    )
    if rule.direction:
        return act, rule.direction
    known = lexicon.terms.acts.get(act)
    direction: Direction = known.direction if known else "neutral"
    if reading.item.country in rule.actors and (moved := moved_by_abstract(reading)):
        return act, moved
    if act == "tariff" and brings_a_duty_back(reading):
        return act, direction
    eased = (act == "tariff" and lowers_a_duty(reading)) or any(
        reading.sentence_of(hit) in told and not raises_a_duty(reading, hit)
        for hit in reading.hits.get(EASING_CUE, ())
    )
    # "Additions to the Entity List and Conforming Removal": what is added decides.
    eased = eased and not (act == "entity_listing" and _LISTS_MORE.search(reading.title))
    return act, "easing" if direction == "tightening" and eased else direction


def _sharper(rule: TextRule, verdict: Verdict, reading: Reading, told: set[int] | frozenset[int]) -> str:
    """The act of its headline that a rule on a wider one tells: "bans exports" of a rule on controls; empty where the words name the wider."""
    sharper = _SHARPER.get(rule.act or "", frozenset())
    if not sharper or rule.direction != "tightening" or not verdict.events:
        return ""
    if rule.act == "anti_dumping" and not _GENERAL_DUTY.search(reading.title):
        return ""
    title = reading.sentences_in_title() & told
    gapped = _GAPPED_BAN.search(reading.title) if "export_ban" in sharper else None
    wider = (hit for hit in reading.hits.get(f"act:{rule.act}", ()) if reading.sentence_of(hit) in title)
    if any(gapped is None or not gapped.start() <= reading.span(hit)[0] < gapped.end() for hit in wider):
        return ""
    named = [
        h for act in sharper for h in reading.hits.get(f"act:{act}", ()) if reading.sentence_of(h) in title
    ]
    if not named:
        return "export_ban" if gapped else ""
    return _acts(sorted(named, key=in_text_order))[0]


def _act_said(verdict: Verdict, reading: Reading, told: set[int] | frozenset[int]) -> str:
    """The act that the words which met the rule name, else words that touch them, else others of their sentences."""
    hits = [hit for event in verdict.events for hit in event] + list(verdict.hits)
    spoken = _acts(hits)
    if not spoken:
        named = [h for c, found in reading.hits.items() if c.startswith("act:") for h in found]
        nearby = sorted((h for h in named if reading.sentence_of(h) in told), key=in_text_order)
        touching = [h for h in nearby if any(h.start < e.end and e.start < h.end for e in hits)]
        spoken = _acts(touching) or _acts(nearby)
    return spoken[0] if spoken else ""


def _own_act(rule: TextRule) -> str:
    """What a rule is about when the words name no act: the first act it looks for, else its direction's plain one."""
    if not rule.interrupts:
        return "mention"
    match = rule.match
    groups = [*match.all, *match.any, *(g for near in (*match.near, *match.near_any) for g in near.of)]
    groups += [*(match.at_least.of if match.at_least else ()), *(match.score.of if match.score else ())]
    named = [act for group in groups for act in group.act if act != "any"]
    return named[0] if named else "lifting" if rule.direction == "easing" else "export_control"


def _acts(hits: Iterable[Hit]) -> list[str]:
    return [h.entry.concept.removeprefix("act:") for h in hits if h.entry.concept.startswith("act:")]


def _materials(
    verdict: Verdict,
    reading: Reading,
    lexicon: Lexicon,
    title: frozenset[int],
    told: frozenset[int] | set[int],
    *,
    official: bool,
) -> tuple[str, ...]:
    """Materials of the title; a notice's own headings add to it. Without any there, those of the event."""
    named = {
        c.removeprefix("material:"): hits for c, hits in reading.hits.items() if c.startswith("material:")
    }
    found = _named_in(named, reading, title) | (weighed_goods(reading.title) & lexicon.terms.materials.keys())
    if official:
        found |= {m for m, hits in named.items() if any(_heads_a_clause(reading, hit) for hit in hits)}
        if not found or _OPEN_TITLE.search(reading.title):
            found |= _numbered_materials(named, reading)
        if not found and _CATALOGUE.search(reading.title):
            changed = {n for n in _opening(reading) if _CHANGES.search(reading.sentence(n))}
            found = _named_in(named, reading, changed)
    found |= {h.entry.concept.removeprefix("material:") for e in verdict.events for h in e if _is_material(h)}
    lead = reading.lead() | (_opening(reading) if official else set())
    found |= _members(found, _named_in(named, reading, told | lead), lexicon)
    found = found or _named_in(named, reading, told)
    if not found and official:
        found = _named_in(named, reading, _opening(reading) & _of_acts(reading))
    if not found and not official:
        found = _named_in(named, reading, _of_acts(reading))
        found = found or {m for m, hits in named.items() if hits[0].start < _LEAD}
    found -= apposed_classes(found, reading, lexicon.terms.materials)
    parents = {parent for material in found for parent in lexicon.parents(material)}
    return tuple(sorted(found | parents))


def _coded(codes: Iterable[str], lexicon: Lexicon, *, official: bool) -> tuple[str, ...]:
    """What a notice that names no material in words can only mean by its customs codes."""
    return tuple(sorted(materials_of_codes(codes, lexicon.terms.materials))) if official else ()


def _of_the_act(
    act: str, materials: tuple[str, ...], reading: Reading, actors: tuple[str, ...]
) -> tuple[str, ...]:
    """Leave out what the act is not about: a listed firm's trade, what a law may touch, whom a control may hurt, and
    what another state's clause is about.
    """
    if act == "new_law":
        end = min((reading.span(hit)[0] for hit in _law_words(reading)), default=0)
        return tuple(m for m in materials if not _only(reading, m, lambda start, _: start < end))
    if act in _FIRM_ACTS:
        return tuple(
            m
            for m in materials
            if not _only(reading, m, lambda _, end: bool(_FIRM_AFTER.match(reading.text[end:])))
        )
    others = ((c.start, c.end) for c in reading.acting if c.tells and actors and c.state not in actors)
    answered = (*answered_goods(reading.title, reading.item.language), *others)
    kept = tuple(
        m
        for m in materials
        if not _only(
            reading,
            m,
            lambda start, _: _is_feared_for(reading, start) or any(a <= start < b for a, b in answered),
        )
    )
    return kept or materials


def _law_words(reading: Reading) -> list[Hit]:
    return [
        hit
        for concept in ("act:new_law", "cue:law_passed")
        for hit in reading.hits.get(concept, ())
        if reading.sentence_of(hit) in reading.sentences_in_title()
    ]


def _only(reading: Reading, material: str, test: Callable[[int, int], bool]) -> bool:
    """Whether the material stands in the title and every mention there passes the test."""
    spans = [reading.span(hit) for hit in reading.hits.get(f"material:{material}", ())]
    titled = [(start, end) for start, end in spans if end <= len(reading.title)]
    return bool(titled) and all(test(start, end) for start, end in titled)


def _is_feared_for(reading: Reading, start: int) -> bool:
    """Whether the clause of the headline tells of harm feared, after a clause that tells the act."""
    begin = 0
    for gap in _FEARS.finditer(reading.title):
        if gap.start() >= start:
            return begin > 0 and _FEARED.search(reading.title[begin : gap.start()]) is not None
        begin = gap.end()
    return begin > 0 and _FEARED.search(reading.title[begin:]) is not None


def _members(found: set[str], nearby: set[str], lexicon: Lexicon) -> set[str]:
    """A title that names only a class (rare earths) does not hide the members that its lead names."""
    members = [lexicon.members(material) for material in found]
    return (
        {m for m in nearby if all(named is not None and m in named for named in members)}
        if members
        else set()
    )


def _is_material(hit: Hit) -> bool:
    return hit.entry.concept.startswith("material:")


def _numbered_materials(named: dict[str, list[Hit]], reading: Reading) -> set[str]:
    """The first material of each numbered item of a notice: what the item puts under control."""
    found: set[str] = set()
    for line in _NUMBERED_ITEM.finditer(reading.text):
        inside = [
            (hit.start, material)
            for material, hits in named.items()
            for hit in hits
            if line.start() <= reading.span(hit)[0] < line.end()
        ]
        if inside:
            found.add(min(inside)[1])
    return found


def _named_in(named: dict[str, list[Hit]], reading: Reading, sentences: Iterable[int]) -> set[str]:
    numbers = set(sentences)
    return {m for m, hits in named.items() if any(reading.sentence_of(hit) in numbers for hit in hits)}


def _heads_a_clause(reading: Reading, hit: Hit) -> bool:
    """Whether the words right after, past the rest of its list, say that the act is about this.

    "Antimony-related items"; of 镓、锗、锑、超硬材料相关物项 every member.
    """
    _, end = reading.span(hit)
    return _HEADED.match(reading.text[end : end + 120]) is not None


def _of_acts(reading: Reading) -> set[int]:
    return {
        reading.sentence_of(hit) for c, hits in reading.hits.items() if c.startswith("act:") for hit in hits
    }


def _opening(reading: Reading) -> set[int]:
    """The sentences in which a notice starts to say what it does: its abstract, else the first of its body."""
    end = len(reading.title) + _OPENING
    return {n for n in range(len(reading.ends)) if reading.sentence_span(n)[0] < end}


def _stretches(reading: Reading, told: Iterable[int]) -> list[str]:
    return [reading.title, *(reading.sentence(number) for number in sorted(told))]


def _numbered(reading: Reading, stretches: list[str], *, official: bool) -> list[str]:
    """Where an act's own number may stand: also in a notice's head or a report's lead. Further down others are cited."""
    return [*stretches, reading.text[:_OFFICIAL_HEAD] if official else reading.summary]
