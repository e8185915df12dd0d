"""Waits that a headline says are over: "China clears gallium exports after permits delayed", 滞留海关的石墨获放行, 遅れていた輸出を承認.

The wait must be what the relief stands upon or follows, in its own clause: a permit that was delayed is given, or is given after delays,
by who held it up. A wait of another state ("after China delays") and what is none of the goods (a stockpile, loan, statement) end nothing.
What is let go only in part or not at all ("clears few exports after delays", "slow to clear"), and a wait in a clause of its own
("clears gallium, antimony permits delayed") stay what they are.
"""

import re
from functools import lru_cache

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_LETS_GO_EN = (
    r"(?<!not )(?<!never )(?<!n't )(?<!n’t )(?<!yet )\b(?:clear|approve|grant|release|resume|free|unblock|issue|reopen|restart|restore|unfreeze)(?:s|d|ed)\b"
    r"(?!\s(?:only|just|few|fewer|no|none|not|less|little|hardly|barely|scarcely)\b)"
)
_SAME_EN = (
    r"(?:(?!\b(?:as|amid|while|but|though|yet|and|or|only|few|fewer|until|unless|before)\b)[^,;:.…|]){0,60}?"
)
# A halt is a wait as a thing ("after a long freeze"), not as what another state does ("after US halts sales").
_WAIT_EN = r"(?:(?:delay|stall|backlog|slow|strand)\w*|held|hold-?ups?|stuck|wait(?:ing)?|(?:a|an|the|long|\w+-(?:month|week|year|long))\s(?:halt|freeze|block|stop|suspension))\b"
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
_EN = re.compile(
    rf"{_HOLDER_EN}{_LETS_GO_EN}{_GOODS_EN}{_SAME_EN}\b(?P<wait>(?:after|following|ending|to\send)\s{_BARE_EN}{_SAME_EN}\b{_WAIT_EN}[^,;:.…|]{{0,40}}|{_WAITED_EN}\b(?!\soff|\sby)(?:\s(?:up|at|in|since|for|from|customs|port|the|months|weeks)\b)*)"
    rf"|{_LETS_GO_EN}\s(?P<wait3>delayed|stalled|stuck|stranded|withheld)\s(?:[\w-]+\s){{0,3}}imports\b"
    rf"|^(?P<wait2>(?:after|following)\s{_BARE_EN}[^,]{{0,60}}\b{_WAIT_EN}[^,]{{0,40}}),\s{_HOLDER_EN}{_LETS_GO_EN}{_GOODS_EN}",
    re.IGNORECASE,
)
_HOLDER_ZH = r"(?:(?<!因)(?<!对)(?<!向)(?<!从)(?:中国|中方|北京)(?:政府|商务部|海关|海关总署)?|^商务部|^海关总署)(?:已|正式|终于|终)?"
_WAIT_ZH = r"(?:延迟|延误|拖延|滞留|积压|受阻|搁置|扣留|扣押|卡关|压港|滞港|缓慢|停滞|迟迟未批|迟迟不批)"
_GO_ZH = r"(?:放行|批准|核准|发放|恢复发放)"
_ZH = re.compile(
    rf"{_HOLDER_ZH}{_GO_ZH}[^，,；;。：\s]{{0,14}}?(?P<wait>{_WAIT_ZH})(?:[^，,；;。：\s]{{0,8}}?的|已久|多时)"
    rf"|^(?:(?!美|日|韩|欧|英|澳|印)[^，,；;。：\s]){{0,12}}?(?P<wait2>{_WAIT_ZH})[^，,；;。：\s]{{0,6}}?之?后[，,\s]?{_HOLDER_ZH}{_GO_ZH}(?!量|数量|减少|缓慢|放缓)"
)
_JA = re.compile(
    r"^(?:中国|北京)(?:政府|当局|商務省|税関)?、(?:(?!日本|政府|米国?|韓国|EU|豪|[がは、。…]\S{0,12}が).){0,30}?"
    r"(?:(?P<wait>(?:遅れ|遅延|滞[っり]?|長期化|停滞|保留|足止め|止ま)(?:[てしっいさがれ出]{0,5}た|て(?:きた|いる)?(?=後)|の(?=後|末|のち)|(?=後|末に))(?:後に|の後に|後|末に|の末に)?)"
    r"[^。…、は]{1,30}?(?:承認|許可|容認|放行|再開|認める|認めた|解除)(?:し|する|した|へ)?[」』\s]*$"
    r"|(?:承認|許可|容認|再開)[^。…、　\s]{0,6}[　\s、…][^。]{0,14}?(?P<wait2>遅れ|遅延|滞り|停滞|長期化)(?:が|を|の)?解消)"
)
_KO = re.compile(
    r"^[\"'“‘]?(?:중국|中|베이징)(?:\s?(?:정부|당국|상무부|세관|해관))?,\s(?:(?!정부|한국|일본|미국|우리|호주|EU)[^…]){0,30}?"
    r"(?P<wait>(?:지연|보류|적체|정체|막|묶|멈[췄춰])(?:\s?(?:됐|되|돼|했|하|혀|혔|여|였|이)?\s?(?:있|왔|온)?(?:던|된|다가)|\s(?:끝에|후|뒤|끝)))"
    r"(?:(?!정부|한국|일본\s|미국\s|우리|호주)[^…]){1,40}?(?:승인|허가|허용|재개|내줘|내줬다?|풀려|풀었다?|해제|통과)(?:했다|한다|키로|하기로|돼|됐다)?[\"'”’\s]*$"
)
# What is let go that is none of the goods that waited.
_OTHER = {
    "en": re.compile(
        r"\b(?:stockpil|reserve|loan|contract|statement|fund|aid|subsid|budget|project|mine|plant|deal|report|package|guarantee|offtake|tender|stake|investment|licences?\sto\smine)\w*",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"储备|贷款|合同|声明|项目|补贴|拨款|援助|预算|资金|基金|动用|投资"),
    "ja": re.compile(r"備蓄|融資|契約|声明|支援|補助|予算|計画|事業|放出|出資|基金"),
    "ko": re.compile(r"비축|대출|계약|성명|지원|보조금|예산|사업|방출|출자|기금|투자"),
}
_PATTERNS = {"en": _EN, "zh": _ZH, "ja": _JA, "ko": _KO}


def is_relieved_wait(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether what tells a hold-up in an event is a wait that the headline says is over."""
    over = _over(reading.item.language, reading.title)
    return any(
        start < end_of_word and place < end
        for start, end in over
        for hit in event
        if not hit.entry.concept.startswith(("actor:", "issuer:", "material:"))
        for place, end_of_word in (reading.span(hit),)
    )


@lru_cache(maxsize=4096)
def _over(language: str, title: str) -> tuple[tuple[int, int], ...]:
    """Where the waits stand in a headline that are over."""
    pattern = _PATTERNS.get(language)
    if pattern is None or _OTHER[language].search(title):
        return ()
    return tuple(
        found.span(name)
        for found in pattern.finditer(title)
        for name in ("wait", "wait2", "wait3")
        if name in pattern.groupindex and found[name]
    )
