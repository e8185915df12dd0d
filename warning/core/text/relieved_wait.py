"""Waits that a headline says are over: "China clears gallium exports after permits delayed", 滞留海关的石墨获放行, 遅れていた輸出を承認.

The wait must be what the relief stands upon or follows, in its own clause: a permit that was delayed is given, or is given after delays,
by who held it up. A wait of another state ("after China delays"), other goods ("approves soybeans after gallium permits delayed") and
what is none of the goods (a stockpile, loan, statement) end nothing: what is let go after a wait must be what waited.
What is let go only in part or not at all ("clears few exports after delays", "slow to clear"), a wait in a clause of its own
("clears gallium, antimony permits delayed") and a second one ("but rare earths still held", 仍被扣) stay what they are.
"""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from warning.core.text.headline import headline_of, spelled
from warning.core.text.matcher import Hit, Hits
from warning.core.text.reading import Reading

_LETS_GO_EN = (
    r"(?<!not )(?<!never )(?<!n't )(?<!n’t )(?<!yet )\b(?:clear|approve|grant|release|resume|free|unblock|issue|reopen|restart|restore|unfreeze)(?:s|d|ed)\b"
    r"(?!\s(?:only|just|few|fewer|no|none|not|less|little|hardly|barely|scarcely)\b)"
)
_SAME_EN = (
    r"(?:(?!\b(?:as|amid|while|but|though|yet|and|or|only|few|fewer|until|unless|before)\b)[^,;:.…|]){0,60}?"
)
# A halt is a wait as a thing ("after a long freeze"), not as what another state does ("after US halts sales").
_WAIT_EN = r"(?:(?:delay|stall|backlog|slow|strand)\w*|held|hold-?ups?|holding\sup|stuck|wait(?:ing)?|(?:a|an|the|long|\w+-(?:month|week|year|long))\s(?:halt|freeze|block|stop|suspension))\b"
_WAITED_EN = r"(?:(?:long[- ])?(?:delayed|stalled|awaited)|held(?!\stalks)|stuck|stranded|withheld|backlog|backed[- ]up|detained|impounded)"
# Who lets go is who held up; a wait of goods may be over by who takes them: "Korea clears delayed imports".
_HOLDER_EN = r"\b(?:China|Beijing|MOFCOM|Indonesia|Jakarta|Congo|DRC|Myanmar|Vietnam|Russia|Malaysia|Gabon|Guinea)(?:\s(?:has|have|finally|partly|now|customs|commerce\sministry))*\s"
# What waited is what is let go: none of "approves soybean imports after permits delayed".
_GOODS_EN = r"(?=(?:(?!\b(?:after|following|import\w*)\b)[^,;:.…|]){0,60}\b(?:exports?|shipments?|licen[cs]es?|permits?|cargo\w*)\b)"
# No state holds up in the wait itself: "after China delays".
_BARE_EN = (
    r"(?!(?:(?!,)[^;:.…|]){0,60}\b(?:(?:delay|stall|slow|hold|strand|block)s\s(?!(?:at|in|on|of|to|for|over|since|from|by|that|and|end|ended|ease|eased)\b)\w"
    r"|China|Chinese|Beijing|MOFCOM|US|Washington|Japan|Japanese|Tokyo|EU|Europe|Brussels|Korea|Korean|Seoul|Taiwan|India|Russia|Moscow|Indonesia|Australia)\b)"
)
_EN = (
    rf"{_HOLDER_EN}{_LETS_GO_EN}(?P<gone>{_SAME_EN})\b(?P<wait>(?:after|following|ending|to\send)\s{_BARE_EN}(?P<stood>{_SAME_EN}\b{_WAIT_EN}[^,;:.…|]{{0,40}}))"
    rf"|{_HOLDER_EN}{_LETS_GO_EN}{_GOODS_EN}{_SAME_EN}\b(?P<wait4>{_WAITED_EN}\b(?!\soff|\sby)(?:\s(?:up|at|in|since|for|from|customs|port|the|months|weeks)\b)*)"
    rf"|{_LETS_GO_EN}\s(?P<wait3>delayed|stalled|stuck|stranded|withheld)\s(?:[\w-]+\s){{0,3}}imports\b"
    rf"|^(?P<wait2>(?:after|following)\s{_BARE_EN}(?P<stood2>[^,]{{0,60}}\b{_WAIT_EN}[^,]{{0,40}})),\s{_HOLDER_EN}{_LETS_GO_EN}(?P<gone2>[^,;:.…|]{{0,80}})"
)
_HOLDER_ZH = r"(?:(?<!因)(?<!对)(?<!向)(?<!从)(?:中国|中方|北京)(?:政府|商务部|海关|海关总署)?|^商务部|^海关总署)(?:已|正式|终于|终)?"
_WAIT_ZH = r"(?:延迟|延误|拖延|滞留|积压|受阻|搁置|扣留|扣押|卡关|压港|滞港|缓慢|停滞|迟迟未批|迟迟不批)"
_GO_ZH = r"(?:放行|批准|核准|发放|恢复发放)"
_ZH = (
    rf"{_HOLDER_ZH}{_GO_ZH}[^，,；;。：\s]{{0,14}}?(?P<wait>{_WAIT_ZH})(?:[^，,；;。：\s]{{0,8}}?的|已久|多时)"
    rf"|^(?P<stood2>[^，,；;。：\s]{{0,14}}?(?P<wait2>{_WAIT_ZH})[^，,；;。：\s]{{0,6}}?)之?后[，,\s]?{_HOLDER_ZH}{_GO_ZH}(?!量|数量|减少|缓慢|放缓)(?P<gone2>[^，,；;。：]{{0,24}})"
)
_WAITS_JA = r"(?:遅れ|遅延|滞[っり]?|長期化|停滞|保留|足止め|止ま)"
_GO_JA = r"(?:承認|許可|容認|放行|再開|認める|認めた|解除)(?:し|する|した|へ)?\s*$"
_JA = (
    r"^(?:中国|北京|インドネシア|コンゴ|ミャンマー|ベトナム|マレーシア|ガボン|ギニア)(?:政府|当局|商務省|税関)?、"
    rf"(?P<stood>(?:(?!日本|政府|米国?|韓国|EU|豪|[がは、。…]\S{{0,12}}が).){{0,30}}?)(?:(?P<wait>{_WAITS_JA}[てしっいさがれ出]{{0,5}}た)(?!後|の?末)[^。…、は]{{1,30}}?{_GO_JA}"
    rf"|(?P<wait3>{_WAITS_JA}(?:[てしっいさがれ出]{{0,5}}た|て(?:きた|いる)?|の)?(?:後|末|のち)に?)(?P<gone>[^。…は]{{1,30}}?){_GO_JA}"
    r"|(?:承認|許可|容認|再開)[^。…、　\s]{0,6}[　\s、…][^。]{0,14}?(?P<wait2>遅れ|遅延|滞り|停滞|長期化)(?:が|を|の)?解消)"
)
_WAITS_KO = r"(?:지연|보류|적체|정체|막|묶|멈[췄춰])(?:\s?(?:됐|되|돼|했|하|혀|혔|여|였|이)?\s?(?:있|왔|온)?"
_GO_KO = r"(?:승인|허가|허용|재개|내줘|내줬다?|풀려|풀었다?|풀어|해제|통과)(?:했다|한다|키로|하기로|돼|됐다)?[\"'\s]*$"
_KO = (
    r"^[\"']?(?:중국|中|베이징|인도네시아|콩고|미얀마|베트남|말레이시아)(?:\s?(?:정부|당국|상무부|세관|해관))?(?:,|이|가|은)\s(?P<stood>(?:(?!정부|한국\s|일본\s|미국\s|우리|호주|EU)[^…]){0,30}?)"
    rf"(?:(?P<wait>{_WAITS_KO}(?:던|된|다가)))(?P<attributed>(?:(?!정부|한국\s|일본\s|미국\s|우리|호주)[^…]){{1,40}}?){_GO_KO}"
    rf"|(?P<wait2>{_WAITS_KO}\s?(?:끝에|끝|후|뒤|만에)))(?P<gone>[^…]{{1,40}}?){_GO_KO})"
)
# What is let go that is none of the goods that waited.
_OTHER = {
    "en": spelled(
        r"\b(?:stockpil|reserve|loan|contract|statement|fund|aid|subsid|budget|project|mine|plant|deal|report|package|guarantee|offtake|tender|stake|investment|licences?\sto\smine)\w*",
    ),
    "zh": spelled(r"储备|贷款|合同|声明|项目|补贴|拨款|援助|预算|资金|基金|动用|投资"),
    "ja": spelled(r"備蓄|融資|契約|声明|支援|補助|予算|計画|事業|放出|出資|基金"),
    "ko": spelled(r"비축|대출|계약|성명|지원|보조금|예산|사업|방출|출자|기금|투자"),
}
_PATTERNS = {language: spelled(p) for language, p in {"en": _EN, "zh": _ZH, "ja": _JA, "ko": _KO}.items()}
# A second hold-up beside: then no wait is over.
_STILL = {
    "en": spelled(
        r"(?:\b(?:but|while|though|although|yet|as)\b|[,;:–])[^,;:]{0,50}?\b(?:still|remains?|stays?|yet\sto|keeps?|continues?)\b[^,;:]{0,20}?\b(?:held|hold|stall|delay|stuck|block|wait|frozen|freez|withheld|limbo|strand|impound|detain)\w*"
        r"|\b(?:but|while|though|although|yet|as)\b[^,;:]{0,50}?\b(?:held|stalled|stalls?|delayed|stuck|blocked|frozen|withheld|stranded|impounded|detained)\b"
    ),
    "zh": spelled(
        r"(?:[，,；;。\s]|但|却|而)[^，,；;。]{0,14}?(?:仍|依旧|依然|继续|尚|还|但|却)[^，,；;。]{0,10}?(?:扣|卡|搁置|积压|拖延|滞|冻结|停|未批|受阻|受限|不批|未获|未放)(?![^，,；;。]{0,4}的)"
    ),
    "ja": spelled(
        r"(?:なお|依然|引き続き|いまだ|まだ|一方|ただ|だが)[^。]{0,20}?(?:滞|止ま|遅れ|遅延|保留|足止め|停滞|停止|凍結|差し止め)"
    ),
    "ko": spelled(
        r"(?:여전히|아직|그러나|하지만|반면|계속)[^…]{0,18}?(?:묶|지연|보류|막|정체|중단|억류|적체|발\s?묶)"
    ),
}
# Words of what is let go that name no goods of their own.
_UNNAMED = {
    "en": spelled(
        r"(?:\s|\b(?:exports?|shipments?|licen[cs]es?|permits?|cargo(?:es)?|the|of|some|first|more|new|its|their|all|most|to|for|japan|us|eu|korea|europe|germany|india|taiwan|sales|approvals?|goods|them|flows?|deliver(?:y|ies)|applications?|export|of|first|batch|general|two|three|several|many|dozens)\b)*"
    ),
    "zh": spelled(
        r"(?:对[日美韩欧德印台]|出口|许可证?|货物|申请|通关|放行|首批|部分|一批|相关|其|的|有关|发往|日本|美国|韩国)*"
    ),
    "ja": spelled(
        r"(?:対[日米韓欧]|輸出|許可|出荷|申請|通関|日本|米国|韓国|向け|一部|初|の|を|に|、|全て|すべて|相次ぎ|正式)*"
    ),
    "ko": spelled(
        r"(?:\s|,|수출|허가|선적|통관|신청|대일|대미|대한|한국행|일본행|일부|첫|을|를|의|정식|전격|재|최종)*"
    ),
}
_TRADE = {
    "en": spelled(r"\b(?:exports?|shipments?|licen[cs]es?|permits?|cargo\w*)\b"),
    "zh": spelled(r"出口|许可|货物|通关"),
    "ja": spelled(r"輸出|許可|出荷|通関"),
    "ko": spelled(r"수출|허가|선적|통관"),
}
_RARE_EARTHS = frozenset(
    f"material:{name}"
    for name in (
        "rare_earths", "heavy_rare_earths", "rare_earth_magnets", "neodymium", "praseodymium", "dysprosium", "terbium", "samarium",
        "gadolinium", "lutetium", "yttrium", "scandium", "critical_minerals",
    )
)  # fmt: skip


class _Wait(NamedTuple):
    """Where the words of a wait and the clause of its end stand in the text; what is let go and what waited are told apart where one follows the other."""

    words: tuple[int, int]
    clause: tuple[int, int]
    gone: tuple[int, int] | None
    stood: tuple[int, int] | None
    is_unnamed: bool
    is_trade: bool


def is_relieved_wait(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether what tells a hold-up in an event is a wait that the headline says is over."""
    return any(
        _tells(reading, event, wait.words) and _are_the_same(reading, wait) for wait in _waits(reading)
    )


def lets_other_goods_go(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether a headline lets go what did not wait, and none of an event's goods: "approves soybeans after gallium permits delayed"."""
    goods = [hit for hit in event if hit.entry.concept.startswith("material:")]
    held = _still_held(reading)
    if held and goods and all(held[0] <= reading.span(hit)[0] < held[1] for hit in goods):
        return True
    return any(
        wait.gone is not None
        and not _are_the_same(reading, wait)
        and not any(wait.gone[0] <= reading.span(hit)[0] < wait.gone[1] for hit in goods)
        and _tells(reading, event, wait.clause)
        for wait in _waits(reading)
    )


def _tells(reading: Reading, event: tuple[Hit, ...], clause: tuple[int, int]) -> bool:
    """Whether a word of an event, none of its names, stands in a clause."""
    return any(
        clause[0] < end and start < clause[1]
        for hit in event
        if not hit.entry.concept.startswith(_NAMES)
        for start, end in (reading.span(hit),)
    )


_NAMES = ("actor:", "issuer:", "material:")
_KEPT: WeakKeyDictionary[Reading, tuple[Hits, tuple[_Wait, ...]]] = WeakKeyDictionary()


def _waits(reading: Reading) -> tuple[_Wait, ...]:
    """The waits of a headline that are over."""
    kept = _KEPT.get(reading)
    if kept is None or kept[0] is not reading.hits:
        kept = _KEPT[reading] = reading.hits, tuple(_find(reading))
    return kept[1]


def _still_held(reading: Reading) -> tuple[int, int] | None:
    """Where a headline tells a second hold-up beside."""
    headline, pattern = headline_of(reading), _STILL.get(reading.item.language)
    found = pattern.search(headline.text) if pattern else None
    return headline.span(*found.span()) if found else None


def _find(reading: Reading) -> Iterator[_Wait]:
    language, headline = reading.item.language, headline_of(reading)
    pattern = _PATTERNS.get(language)
    if pattern is None or _still_held(reading):
        return
    is_other = _OTHER[language].search(headline.text) is not None
    for found in pattern.finditer(headline.text):
        said = {name: found.span(name) for name, words in found.groupdict().items() if words}
        words = headline.span(*next(span for name, span in said.items() if name.startswith("wait")))
        clause = headline.span(*found.span())
        apart = "gone" in said or "gone2" in said
        gone, stood = said.get("gone", said.get("gone2")), said.get("stood", said.get("stood2"))
        if apart and gone and stood:
            unnamed = _UNNAMED[language].fullmatch(headline.text, *gone) is not None
            trade = not is_other and _TRADE[language].search(headline.text, *gone) is not None
            yield _Wait(words, clause, headline.span(*gone), headline.span(*stood), unnamed, trade)
        elif not is_other:
            yield _Wait(words, clause, None, None, True, True)


def _are_the_same(reading: Reading, wait: _Wait) -> bool:
    """Whether what is let go may be what waited: goods named twice are the same, what is named of neither is no other."""
    if wait.gone is None or wait.stood is None:
        return True
    gone, stood = _goods(reading, wait.gone), _goods(reading, wait.stood)
    if gone and stood:
        return bool(gone & stood) or bool(gone & _RARE_EARTHS and stood & _RARE_EARTHS)
    return bool(gone) or wait.is_unnamed or (not stood and wait.is_trade)


def _goods(reading: Reading, span: tuple[int, int]) -> set[str]:
    start, end = span
    return {
        concept
        for concept, hits in reading.hits.items()
        if concept.startswith("material:") and any(start <= reading.span(hit)[0] < end for hit in hits)
    }
