"""Whether a headline only tells that China published something to read: figures, a study, a guide.

"China releases data as rare earth rules take effect", 稀土管制生效之际 中国公布贸易数据, レアアース規制の発効に合わせ中国が統計を公表,
희토류 통제 시행 속 中 통계 발표: the rules are what the day is told by, not what was done. Figures that tell an act or a fall of
their own ("data showing exports fell to zero", 公布数据 镓出口归零) stand outside this.
"""

import re

from warning.core.text.reading import Reading

_TO_READ_EN = r"data|figures|statistics|stud(?:y|ies)|white papers?|reports?|guides?|guidelines|handbooks?|faqs?|q&a|explainers?"
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
        r"(?:数据|统计|白皮书|指南|问答|手册|研究报告|年报|情况)$"
    ),
    "ja": re.compile(
        r"^(?:[^。]{2,30}?(?:中|なか|受け|合わせ|際|後|機に|伴い|当日|前に)(?:に|で|、|\s)*)?中国[^。]{0,24}?"
        r"(?:統計|データ|数値|白書|報告書|指針|手引き?|ガイド)を?(?:公表|発表|公開|公開へ|公表へ)$"
    ),
    "ko": re.compile(
        r"^(?:.{2,30}?(?:속|가운데|맞춰|맞아|이후|후|앞두고|당일|날)[,\s…]*)?(?:중국|中)[^…]{0,24}?"
        r"(?:통계|자료|데이터|수치|백서|보고서|지침서|안내서|해설서)[를을]?\s?(?:발표|공개|공표|내놔|배포)$"
    ),
}


def only_published_sentences(reading: Reading) -> frozenset[int]:
    """The sentences of a headline that tells of a publication and of nothing done."""
    published = _PUBLISHED.get(reading.item.language)
    if published is None or not published.match(reading.title.strip()):
        return frozenset()
    return reading.sentences_in_title()
