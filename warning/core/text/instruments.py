"""The number of a legal act, in the short form of the field.

MOFCOM-GACC 2023/23 (joint announcement), MOFCOM 2024/46, GACC 2021/81, MOFCOM Order 2025/6, UEL 2025/5,
State Council Order 792, Presidential Order 58, 89 FR 96790, FR 2025-19001, EU 2021/821, METI Ordinance 2023/26,
Kanpo Extra 120, MOTIE Notice 2024-12, UK SI 2024/346, NL Stcrt 2023/18212, ARECOMS 2025/4, SI 2022/213,
ID ESDM 2025/6.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta

from warning.core.evidence import Item
from warning.core.text.han_numbers import DIGITS, NUMERALS, number_of

_TOKYO = timedelta(hours=9)
_COUNT = rf"(?:\d{{1,3}}|[{NUMERALS}]{{1,5}})"
_ERA = rf"(?P<era>令和|平成)\s*(?P<ey>\d{{1,2}}|元|[{NUMERALS}]{{1,3}})\s*年\s*"
_GAP = r"[\s、，,/　]*"
_ZH_ISSUER = {
    "商务部": "MOFCOM", "商務部": "MOFCOM", "海关总署": "GACC", "海關總署": "GACC", "不可靠实体清单工作机制": "UEL",
    "科技部": "MOST", "工业和信息化部": "MIIT", "国家密码局": "SCA", "财政部": "MOF", "税务总局": "STA",
    "中央军委装备发展部": "EDD", "国家国防科工局": "SASTIND", "国防科工局": "SASTIND", "国家市场监督管理总局": "SAMR",
    "市场监管总局": "SAMR", "生态环境部": "MEE", "农业农村部": "MARA", "外交部": "MFA", "国家原子能机构": "CAEA", "自然资源部": "MNR", "国家发展改革委": "NDRC",
}  # fmt: skip
_ISSUERS = "|".join(_ZH_ISSUER)
_YEAR = rf"(?P<year>\d{{4}}|[二２][〇○零０][{DIGITS}０-９]{{2}})"
_ZH = (
    re.compile(
        rf"(?P<issuers>(?:{_ISSUERS})(?:{_GAP}(?:{_ISSUERS}))*){_GAP}(?:联合|聯合)?(?:发布|發布|公布)?{_GAP}(?P<kind>公告|令|通告)?{_GAP}[〔\[（(]?"
        rf"{_YEAR}{_GAP}年?[〕\])）]?{_GAP}第{_GAP}(?P<number>{_COUNT}){_GAP}[号號](?P<tail>公告|令)?"
    ),
    re.compile(rf"(?P<issuers>不可靠实体清单工作机制)[^。\n]{{0,12}}?{_YEAR}年第(?P<number>{_COUNT})号(?P<kind>公告)(?P<tail>)"),
    re.compile(
        rf"(?P<issuers>(?:{_ISSUERS})(?:{_GAP}(?:{_ISSUERS}))*){_GAP}(?P<kind>公告|令|通告)?{_GAP}[〔\[（(]{_YEAR}[〕\])）]{_GAP}第?(?P<number>{_COUNT})[号號](?P<tail>公告|令)?"
    ),
)  # fmt: skip
_STATE_COUNCIL = re.compile(
    rf"(?:国务院|國務院)令\s*第\s*(\d{{2,4}}|[{NUMERALS}]{{2,7}})\s*[号號]|State Council (?:Order|Decree) No\.?\s*(\d{{2,4}})",
    re.IGNORECASE,
)
_PRESIDENT = re.compile(
    rf"主席令\s*[（(]?\s*第?\s*([{NUMERALS}\d]{{1,5}})\s*[号號]"
    r"|(?:Presidential (?:Order|Decree)|(?:Order|Decree) of the President of the People'?s Republic of China),?\s*No\.?\s*(\d{1,3})"
    r"|(?:Order|Decree) No\.?\s*(\d{1,3}) of the President of the People'?s Republic of China",
    re.IGNORECASE,
)
_EN_FORMS = (
    re.compile(r"(?:Announcement|Notice|Decision)s?\s+No\.?\s*(?P<year>20\d\d)\s*[-/–]\s*(?P<number>\d{1,3})\b", re.IGNORECASE),
    re.compile(r"(?:Announcement|Notice|Decision|Decree)s?\s+No(?:s?)\.?\s*(?P<number>\d{1,3})\s*(?:of|,|\(|\[|/|-)?\s*(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(r"(?:Announcement|Notice)s?\s*\[?(?P<year>20\d\d)\]?\s*(?:,|-|–)?\s*(?:No\.?\s*|/\s*)(?P<number>\d{1,3})\b", re.IGNORECASE),
    re.compile(r"(?:Announcement|Notice)s?\s+(?P<number>\d{1,3})/(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(r"\bNo\.?\s*(?P<number>\d{1,3})\s+(?:of|\[)\s*(?P<year>20\d\d)", re.IGNORECASE),
)  # fmt: skip
# Press names an announcement by its number alone; the year is then the year of the report.
_EN_BARE = re.compile(
    r"(?:Announcement|Notice)\s+(?:No\.?|Number)\s*(?P<number>\d{1,3})\b(?!\s*(?:of|,|\(|\[|/|-)?\s*20\d\d)",
    re.IGNORECASE,
)
# An act that is suspended or amended is not the act told.
_CITED = re.compile(
    r"(?:suspen\w*|paus\w+|halt\w*|lift\w*|repeal\w*|暂停实施|停止实施|停止执行|继续暂停|中止|暂停)[^.。\n]{0,24}$",
    re.IGNORECASE,
)
_EN_ORDER = re.compile(
    r"Order\s+(?:No\.?\s*(?P<n1>\d{1,3})\s+(?:of|\[)\s*(?P<y1>20\d\d)|(?P<y2>20\d\d)\s+No\.?\s*(?P<n2>\d{1,3}))",
    re.IGNORECASE,
)
_MOFCOM = re.compile(r"MOFCOM|Ministry of Commerce|Commerce Ministry|商务部", re.IGNORECASE)
_UNRELIABLE = re.compile(r"unreliable entit", re.IGNORECASE)
_CUSTOMS = re.compile(r"customs|GACC?\b|海关总署", re.IGNORECASE)
_CHINESE_CUSTOMS = re.compile(r"\bGACC?\b|General Administration of Customs|Chin(?:a's|ese) customs|海关总署")
# China's numbered notices on exports are the commerce ministry's, also where a report leaves that out.
_CHINESE_EXPORTS = re.compile(
    r"(?:China|Chinese|Beijing)[^.\n]{0,80}\bexport|\bexport[^.\n]{0,80}(?:China|Chinese|Beijing)",
    re.IGNORECASE,
)
_FR_CITE = re.compile(r"\b(\d{2,3})\s+(?:FR|Fed\.?\s*Reg\.?)\s+(\d{3,6})\b")
_FR_URL = re.compile(
    r"federalregister\.gov/(?:documents/\d{4}/\d{2}/\d{2}|d|a)/(\d{4}-\d{5}|[A-Z]\d-\d{4}-\d{5})",
    re.IGNORECASE,
)
_FR_DOC = re.compile(r"\bFR Doc(?:ument)?\.?\s*(?:No\.?\s*)?(\d{4}-\d{5})\b", re.IGNORECASE)
_FR_NUMBER = re.compile(r"(?:^|[^\d])((?:19|20)\d{2}-\d{5})(?!\d)")
_EU = re.compile(
    r"\(EU\)\s*(?:No\.?\s*)?(\d{4}/\d{1,4})|(?:Regulation|Decision)\s*\((?:EU|CFSP)\)\s*(?:No\.?\s*)?(\d{1,4}/\d{4})"
)
_JP = re.compile(
    rf"(?:{_ERA})?(?:経済産業省)(?P<kind>令|告示)第\s*(?P<number>\d{{1,4}}|[{NUMERALS}]{{1,7}})\s*号"
)
_JP_CABINET = re.compile(rf"(?:{_ERA})?政令第\s*(?P<number>\d{{1,4}}|[{NUMERALS}]{{1,7}})\s*号")
# The number of an article or an item of a law told in the gazette is not the gazette's own.
_KANPO = re.compile(
    rf"官報\s*[（(]?(?:(?![法条項]|別表|令(?!和))[^。\n]){{0,24}}?(?P<extra>号外)?\s*第\s*(?P<number>\d{{1,5}}|[{NUMERALS}]{{1,7}})\s*号"
)
# China's notices as the press of Japan and Korea numbers them: 公告2026年第91号, 공고 2026년 제91호. Their year stands before the number;
# who issued them stands in the text, else it is the commerce ministry.
_ABROAD_CHINESE = re.compile(
    r"(?:公告|공고)\s*第?\s*(?P<year>20\d\d)\s*(?:年|년)\s*(?:第|제)\s*(?P<number>\d{1,3})\s*(?:号|호)"
    r"|(?P<year2>20\d\d)\s*(?:年|년)\s*(?:公告|공고)?\s*(?:第|제)\s*(?P<number2>\d{1,3})\s*(?:号|호)\s*(?:公告|공고)"
)
_CHINESE_NAMED = re.compile(r"中国|商務省|商務部|중국|상무부|(?<![가-힣])中")
_OTHER_MINISTRY = re.compile(r"日本|経済産業省|経産省|財務省|산업통상|산업부|관세청|기획재정부|재정경제부")
_CUSTOMS_ABROAD = re.compile(r"税関総署|海関総署|해관총서|세관총서")
_COMMERCE_ABROAD = re.compile(r"商務省|商務部|상무부")
_KR = re.compile(
    r"(산업통상자원부|산업통상부|산업부|기획재정부|재정경제부|관세청|환경부|기후에너지환경부|과학기술정보통신부|방위사업청|농림축산식품부)\s*(고시|공고|훈령)\s*제?\s*(\d{4})\s*-\s*(\d{1,4})\s*호"
)
_KR_ISSUER = {
    "산업통상자원부": "MOTIE",
    "산업통상부": "MOTIR",
    "산업부": "MOTIE",
    "기획재정부": "MOEF",
    "재정경제부": "MOFE",
    "관세청": "KCS",
}
_ARECOMS = re.compile(
    r"(\d{1,3})/ARECOMS/(20\d\d)|ARECOMS\b[^.\n]{0,40}?(?:No\.?|n°)\s*(\d{1,3})/(20\d\d)|ARECOMS\b[^\n]{0,160}?\bd[eé]cision\s+(?:No?\.?\s*)?(\d{1,3})/(20\d\d)",
    re.IGNORECASE,
)
_UK_SI = re.compile(
    r"(?:Statutory Instruments?|\bS\.?I\.?)\s*(20\d\d)\s*(?:/|No\.?)\s*(\d{1,4})\b", re.IGNORECASE
)
_STAATSCOURANT = re.compile(
    r"(?:Staatscourant|Stcrt\.?)\s*(20\d\d)\s*,?\s*(?:nr\.?|No\.?)?\s*(\d{2,5})\b", re.IGNORECASE
)
_ZW_SI = re.compile(
    r"(?:Statutory Instrument|\bSI)\s*(?:No\.?\s*)?(\d{1,3})\s*(?:/|of)\s*(20\d\d)", re.IGNORECASE
)
_ID = re.compile(
    r"(?:ESDM|Energy and Mineral Resources|Minister of (?:Trade|Finance))[^.\n]{0,40}?(?:Regulation|Regulasi|Permen)?[^.\n]{0,20}?No\.?\s*(\d{1,3})/(20\d\d)",
    re.IGNORECASE,
)
_ERAS = {"令和": 2018, "平成": 1988}


def instrument_of(item: Item, stretches: Iterable[str]) -> str | None:
    """Return the number found in the first of `stretches` (title first) that has one."""
    if document := _federal_register(item):
        return document
    for stretch in stretches:
        for read in _READERS:
            if number := read(stretch, item):
                return number
    return None


def _federal_register(item: Item) -> str | None:
    if url := _FR_URL.search(item.url):
        return f"FR {url.group(1)}"
    if "federal" not in item.source_id.lower() and "federalregister" not in item.url.lower():
        return None
    for text in (item.external_id, item.id, item.url):
        if number := _FR_NUMBER.search(text):
            return f"FR {number.group(1)}"
    return None


def _chinese(text: str, _item: Item) -> str | None:
    for form in _ZH:
        for match in form.finditer(text):
            if _CITED.search(text[: match.start()]):
                continue
            year = number_of(match["year"])
            kind = "Order " if "令" in (match["kind"] or "", match["tail"] or "") else ""
            return f"{_codes(match['issuers'])} {kind}{year}/{number_of(match['number'])}"
    if order := _STATE_COUNCIL.search(text):
        return f"State Council Order {number_of(order.group(1) or order.group(2))}"
    if order := _PRESIDENT.search(text):
        return f"Presidential Order {number_of(next(number for number in order.groups() if number))}"
    return None


def _codes(issuers: str) -> str:
    codes = list(dict.fromkeys(_ZH_ISSUER[name] for name in re.findall(_ISSUERS, issuers)))
    known = [code for code in codes if code in {"MOFCOM", "GACC", "UEL"}]
    return "-".join(known or codes)


def _english_chinese(text: str, item: Item) -> str | None:
    if (match := _EN_ORDER.search(text)) and _MOFCOM.search(text):
        return f"MOFCOM Order {match['y1'] or match['y2']}/{int(match['n1'] or match['n2'])}"
    for form in (*_EN_FORMS, _EN_BARE):
        for match in form.finditer(text):
            if not _CITED.search(text[: match.start()]) and (number := _announced_as(match, text, item)):
                return number
    return None


def _announced_as(match: re.Match[str], text: str, item: Item) -> str | None:
    """Whose announcement it is: the bodies named near it, else anywhere in the item."""
    year = match.groupdict().get("year") or (item.published_at and str(item.published_at.year))
    whole = f"{item.title}\n{item.summary}\n{item.body}\n{text}"
    around = text[max(0, match.start() - 160) : match.end() + 100]
    ministry = _MOFCOM.search(whole) or _CHINESE_EXPORTS.search(whole)
    if not year or not (ministry or item.country == "CN" or _CHINESE_CUSTOMS.search(whole)):
        return None
    number = f"{year}/{int(match['number'])}"
    if _UNRELIABLE.search(text):
        return f"UEL {number}"
    if not ministry and _CHINESE_CUSTOMS.search(whole):
        return f"GACC {number}"
    return f"MOFCOM{'-GACC' if _CUSTOMS.search(around) else ''} {number}"


def _register_citation(text: str, _item: Item) -> str | None:
    if match := _FR_CITE.search(text):
        return f"{match.group(1)} FR {match.group(2)}"
    document = _FR_DOC.search(text)
    return f"FR {document.group(1)}" if document else None


def _european(text: str, _item: Item) -> str | None:
    match = _EU.search(text)
    return f"EU {match.group(1) or match.group(2)}" if match else None


def _japanese(text: str, item: Item) -> str | None:
    if match := _JP.search(text):
        name = {"令": "METI Ordinance", "告示": "METI Notice"}[match["kind"]]
    elif match := _JP_CABINET.search(text):
        name = "JP Cabinet Order"
    elif gazette := _KANPO.search(text):
        return f"Kanpo {'Extra ' if gazette['extra'] else ''}{number_of(gazette['number'])}"
    else:
        return None
    year = _era_year(match) if match["era"] else _year_in_tokyo(item)
    return f"{name} {f'{year}/' if year else ''}{number_of(match['number'])}"


def _era_year(match: re.Match[str]) -> int:
    return _ERAS[match["era"]] + (1 if match["ey"] == "元" else number_of(match["ey"]))


def _year_in_tokyo(item: Item) -> int | None:
    """A Japanese text that gives a number without its era speaks of the act of its own year; older ones are cited with theirs."""
    if item.country != "JP" or item.published_at is None:
        return None
    return (item.published_at + _TOKYO).year


def _chinese_abroad(text: str, item: Item) -> str | None:
    """A Chinese notice in a Japanese or Korean text that speaks of China; one that is suspended is not the act told."""
    match = _ABROAD_CHINESE.search(text) if item.language in {"ja", "ko"} else None
    if match is None or item.kind == "regulatory" or _CITED.search(text[: match.start()]):
        return None
    whole = f"{item.title}\n{item.summary}"
    if not _CHINESE_NAMED.search(whole) or _OTHER_MINISTRY.search(
        text, max(0, match.start() - 24), match.start()
    ):
        return None
    customs, commerce = _CUSTOMS_ABROAD.search(whole), _COMMERCE_ABROAD.search(whole)
    issuer = "MOFCOM-GACC" if customs and commerce else "GACC" if customs else "MOFCOM"
    return f"{issuer} {match['year'] or match['year2']}/{int(match['number'] or match['number2'])}"


def _korean(text: str, _item: Item) -> str | None:
    match = _KR.search(text)
    if match is None:
        return None
    kind = {"고시": "Notice", "공고": "Announcement", "훈령": "Directive"}[match.group(2)]
    return f"{_KR_ISSUER.get(match.group(1), 'KR')} {kind} {match.group(3)}-{int(match.group(4))}"


def _other(text: str, _item: Item) -> str | None:
    if match := _ARECOMS.search(text):
        number, year = [group for group in match.groups() if group]
        return f"ARECOMS {year}/{int(number)}"
    if match := _UK_SI.search(text):
        return f"UK SI {match.group(1)}/{int(match.group(2))}"
    if match := _STAATSCOURANT.search(text):
        return f"NL Stcrt {match.group(1)}/{int(match.group(2))}"
    if match := _ZW_SI.search(text):
        return f"SI {match.group(2)}/{int(match.group(1))}"
    if match := _ID.search(text):
        return f"ID {match.group(2)}/{int(match.group(1))}"
    return None


_READERS: tuple[Callable[[str, Item], str | None], ...] = (
    _chinese, _other, _english_chinese, _register_citation, _european, _japanese, _korean,
    _chinese_abroad,
)  # fmt: skip
