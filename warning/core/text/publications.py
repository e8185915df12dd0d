"""Whether a headline only tells that China published something to read: figures, a study, a white paper.

"China releases data as rare earth rules take effect", 稀土管制生效之际 中国公布贸易数据, レアアース規制の発効に合わせ中国が統計を公表,
희토류 통제 시행 속 中 통계 발표: the rules are what the day is told by, not what was done. Figures that tell an act or a fall of
their own ("data showing exports fell to zero", 公布数据 镓出口归零) stand outside this. Guidelines, rules and lists that set a ban or
a licence are the act itself ("issues export ban guidelines", 輸出許可制の指針を公表), and never relief unless a word of relief is told.
"""

import re

from warning.core.text.reading import Reading

MOST = 1_000
"""So many characters of a title are read: no headline is longer, and a hostile feed chooses no time."""

_TO_READ_EN = r"data|figures|statistics|stud(?:y|ies)|surveys?|white papers?|reports?|faqs?|q&a|explainers?|compliance guid(?:e|eline|ance)s?"
_BESIDE_EN = (
    r"as|after|amid|since|while|before|when|once|ahead of|following|on|about|for|under|days|weeks|months|a"
)
_PUBLISHED = {
    "en": re.compile(
        rf"^(?:(?:as|after|while|once|when|amid)\s[^,]+,\s)?(?:china|beijing|chinese|mofcom)\b(?:['’]s)?(?:\s[\w-]+){{0,3}}?"
        rf"\s(?:(?:to\s)?(?:release|publish|issue|post|disclose)|releases|publishes|issues|posts|discloses)"
        rf"\s(?:[\w-]+\s){{0,3}}?(?:{_TO_READ_EN})(?:\s(?:{_BESIDE_EN})\s[^,;:]+)?$",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"^(?:[^，。；：]{2,30}(?:之际|同时|之后|之前|以来|当天|当日|后|时|前)[，\s]?)?"
        r"(?:中国|我国|中方|国家统计局|海关总署|海关|商务部)[^，。；：\s]{0,8}?(?:公布|发布|披露)[^，。；：\s]{0,14}?"
        r"(?:数据|统计|合规(?:管理)?(?:指南|指引|手册)|白皮书|问答|研究报告|调查|年报|情况)$"
    ),
    "ja": re.compile(
        r"^(?:[^。]{2,30}?(?:中|なか|受け|合わせ|際|後|機に|伴い|当日|前に)(?:に|で|、|\s)*)?中国[^。]{0,24}?"
        r"(?:統計|データ|数値|白書|報告書|調査)を?(?:公表|発表|公開|公開へ|公表へ)$"
    ),
    "ko": re.compile(
        r"^(?:.{2,30}?(?:속|가운데|맞춰|맞아|이후|후|앞두고|당일|날)[,\s…]*)?(?:중국|中)[^…]{0,24}?"
        r"(?:통계|자료|데이터|수치|백서|보고서|조사)[를을]?\s?(?:발표|공개|공표|내놔|배포)$"
    ),
}

# What tells of a text that sets or carries out a curb, with what must stand behind it, and what must stand anywhere. Each is looked
# for once: one pattern for all takes time that grows with the square of a long headline.
_SET_OUT = {
    "en": (
        re.compile(r"\b(?:issue|publish|release|unveil|post|announce)(?:s|es|d|ed)?\s", re.IGNORECASE),
        (
            re.compile(
                r"\b(?:guidelines?|guides?|guidance|rules|catalogues?|catalogs?|measures)\b", re.IGNORECASE
            ),
            re.compile(
                r"\b(?:ban(?:s|ned)?|controls?|licen[cs]ing|permits?|restrict\w+|curbs?)\b", re.IGNORECASE
            ),
        ),
        (),
    ),
    "zh": (
        re.compile(r"公布|发布|印发|出台"),
        (re.compile(r"指南|指引|手册|办法|细则|目录"),),
        (re.compile(r"禁止|禁令|管制|许可|限制"),),
    ),
    "ja": (
        re.compile(r"(?:指針|手引き?|ガイドライン|細則|規則|目録)を?(?:公表|発表|公開)"),
        (),
        (re.compile(r"禁止|禁輸|規制|許可制|管理"),),
    ),
    "ko": (
        re.compile(r"(?:지침서?|안내서|세칙|목록)[을를]?\s?(?:발표|공개|공표|내놔)"),
        (),
        (re.compile(r"금지|통제|규제|허가제|제한"),),
    ),
}
_RELIEF = {
    "en": re.compile(
        r"\b(?:eas|relax|loosen|lift|suspen|paus|shelv|exempt|waiv|general|streamlin|simplif|fast|resum|remov|end|scrap|drop|grant|approv|reliev|relief|repeal|revok|withdraw|cancel|unban|delist|allow|speed|expedit|facilitat|trusted)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"放宽|放松|暂停|中止|停止|取消|豁免|解除|简化|便利|通用|恢复|加快|移出|撤销|废止|批准|优化|允许"
    ),
    "ja": re.compile(r"緩和|解除|停止|猶予|免除|簡素|再開|撤廃|包括|除外|廃止|撤回|凍結|承認|認め|迅速"),
    "ko": re.compile(r"완화|해제|유예|중단|정지|면제|간소|재개|철폐|포괄|폐지|제외|철회|승인|허용|신속"),
}


def set_out_sentences(reading: Reading) -> frozenset[int]:
    """The sentences of a headline that tells of a text which sets a curb, and of no relief."""
    language, title = reading.item.language, reading.title[:MOST]
    if language not in _SET_OUT or not _sets_out(language, title) or _RELIEF[language].search(title):
        return frozenset()
    return reading.sentences_in_title()


def _sets_out(language: str, title: str) -> bool:
    tells, behind, anywhere = _SET_OUT[language]
    told = tells.search(title)
    return (
        told is not None
        and all(word.search(title, told.end()) for word in behind)
        and all(word.search(title) for word in anywhere)
    )


def only_published_sentences(reading: Reading) -> frozenset[int]:
    """The sentences of a headline that tells of a publication and of nothing done."""
    published = _PUBLISHED.get(reading.item.language)
    if published is None or not published.match(reading.title[:MOST].strip()):
        return frozenset()
    return reading.sentences_in_title()
