"""Stops that a maker or a carrier owes to itself: a strike, a fire, weak demand, empty seats.

"Korea Zinc walkout stops antimony shipments to US", 信越化学、停電でウエハー出荷停止, 탑승률 저조로 한국 노선 운항 중단: no state acts there.
Left out is only a headline that a maker or a carrier (or what befell it) opens as the one that acts, whose reason stands in a
reason's place, and in which no office, no word of ordering and no state stands but as its home or a destination. What follows from an act
("China urges tourists to avoid Japan as bookings slump") is no reason for it.

China's stops of exports are left alone: a strike at a Japanese plant is as often what follows from them.
"""

import re

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading
from warning.core.text_rules import TextRule

# A rule without an act takes it from the words.
_TRADE_ACTS = frozenset({"export_control", "export_ban", None})
_TRAVEL_ACTS = frozenset({"tourism_stop", "boycott", "countermeasure"})
_EN_FIRM = (
    r"(?:airlines?|carriers?|airways|smelters?|refiner(?:y|ies|s)|plants?|factor(?:y|ies)|mines?|miners?|mills?|\w{0,12}makers?"
    r"|producers?|suppliers?|unions?|workers)"
)
_EN_STOP = (
    r"(?:halt|suspend|stop|cut|cancel|drop|slash|shut|trim|pause|end|scrap|axe|reduce)(?:s|ped|ed|ted)?\b"
)
_EN_NOT_BEFORE = r"(?!(?:after|amid|despite|as|under|over|on|to|of|and|halts?|suspends?|stops?|cuts?)\s)"
_EN_MISHAP = (
    r"(?:walk-?outs?|(?:labou?r|dock|pilots?|union|mine|smelter|plant|port|rail|workers)\sstrikes?|(?<!under )(?<!cease)(?<!cease-)fire|blaze"
    r"|explosion|power\s(?:cuts?|outages?|failures?)|typhoons?|(?:winter|tropical|snow)\s?storms?|flooding|earthquake)"
)
_EN_REASON = (
    rf"(?:{_EN_MISHAP}|(?<!air )(?<!missile )(?<!drone )strike\b(?!\s(?:back|at|against|on|down|out))|labou?r\sdispute|floods?\b(?!\sof)|droughts?|low\swater"
    r"|snow|maintenance|(?:weak(?:er|ening)?|low|poor|slack|soft|falling|fading)\s(?:\w+\s)?(?:demand|bookings|load\sfactors?)"
    r"|(?:demand|bookings)\s(?:fad(?:es?|ing)|weak(?:ens?|ening)|slumps?|slackens?|dries\sup|softens?)|lack\sof\s(?:passengers|demand|crew|profits?)"
    r"|(?:crew|pilot|labou?r)\sshortages?|(?:fuel|oil)\s(?:prices?|costs?))"
)
_ZH_REASON = (
    r"(?:罢工|罷工|火灾|火災|起火|爆炸|停电|停電|台风(?!波)|颱風|暴雪|洪水|洪灾|干旱|水位|检修|檢修|设备故障|需求(?:疲软|低迷|不足|下滑)|客源不足|客座率|上座率"
    r"|亏损|油价|油價|运力(?:调整|不足)|運力|机组不足|换季)"
)
_JA_REASON = (
    r"(?:(?<![ァ-ヶー])スト(?:ライキ)?(?![ァ-ヶー])|労使|火災|出火|爆発|停電|断水|台風|大雪|豪雪|豪雨|洪水|渇水|定期修理|定修|設備(?:故障|トラブル)|需要(?:低迷|減|不振)"
    r"|採算|利用低迷|搭乗率|客不足|燃料高|原油高|燃油高|機材(?:繰り|不足)|乗員不足|人手不足)"
)
_KO_REASON = (
    r"(?:파업|화재|폭발|정전|태풍|폭설|폭우|홍수|가뭄|정기\s?보수|설비\s?고장|수요\s?(?:부진|감소|둔화)|탑승률|적자|수익성|승객\s?(?:부족|감소)|유가"
    r"|인력난|승무원\s?부족)"
)
# The maker or the carrier that opens a headline as the one that acts, or what befell it.
_OPENED = {
    "en": re.compile(
        rf"\W{{0,8}}(?:(?:{_EN_NOT_BEFORE}[\w'-]{{1,20}}\s){{0,2}}?{_EN_FIRM}\s(?:(?:will|again|now|temporarily)\s)?{_EN_STOP}"
        rf"|(?:{_EN_NOT_BEFORE}[\w'-]{{1,20}}\s){{0,2}}?{_EN_MISHAP}\s{_EN_STOP})",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"\W{0,8}(?:(?![停取削叫限关要令让使促逼迫对向给把将请嘱为])\w){0,10}?(?:航空(?:公司)?|航司|国航|东航|南航|海航|化学|化工|公司|集团|矿企|药企|日企|韩企|美企|工厂|冶炼厂)"
        r"(?=(?:将|宣布|再|大幅|全面|部分)?(?:停|暂停|取消|削减|减|中止|关闭|缩减|因|受|遭))"
    ),
    "ja": re.compile(
        r"\W{0,8}(?:(?![をがはにへでもと])\w){0,14}?(?:航空(?:各社|会社|大手)?|エアライン|化学|工業|製鉄|金属|鉱業|鉱山|電機|製薬|メーカー|工場|製錬所|労組"
        r"|レゾナック|トヨタ|ホンダ|パナソニック|ソニー)(?:\d{1,2}社)?[、がはで]"
    ),
    "ko": re.compile(
        r"\W{0,8}(?:[가-힣A-Za-z]{0,7}(?![은는이가])[가-힣A-Za-z]\s){0,2}?[가-힣A-Za-z]{0,8}?(?:항공사|항공|화학|제련소|공장|광산|업체|노조|현대차|기아|삼성전자|포스코)들?(?:[,은는이가]|\s(?=파업))"
    ),
}
# A firm that opens a headline by its name and stops some of its own trade: it needs no reason, and no order stands there.
_EN_NAMED = (
    r"(?:Air\sChina|China\s(?:Eastern|Southern|Airlines)|Hainan\sAirlines|Xiamen\sAir(?:lines)?|Sichuan\sAirlines|Juneyao(?:\sAir(?:lines)?)?|Spring\sAirlines|Shandong\sAirlines|Cathay(?:\sPacific)?|Asiana|Korean\sAir|Jeju\sAir|ANA|JAL|Japan\sAirlines|Peach"
    r"|Glencore|CMOC|Zijin|Huayou|Ganfeng|Tianqi|CATL|Rio\sTinto|BHP|Vale|Freeport|Ivanhoe|Eramet|Albemarle|SQM|Lynas|MP\sMaterials|Umicore|Anglo\sAmerican|Codelco|Alcoa|Nyrstar|Sumitomo\sMetal|Korea\sZinc"
    r"|Disney|Warner(?:\sBros)?|Universal|Paramount|Sony\sPictures|Netflix|Marvel|Pixar|Toho|Toei)"
)
_NAMED_FIRM = {
    "en": re.compile(
        rf"\W{{0,8}}{_EN_NAMED}(?:['’]s)?\s(?:(?:will|to|again|now|temporarily|reportedly)\s)*(?:{_EN_STOP}|pulls?\b|trims?\b|delays?\b|postpones?\b|idles?\b|shelves\b|curtails?\b)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"\W{0,8}(?:中国?国航|国航|东航|南航|海航|厦航|川航|山航|春秋航空|吉祥航空|国泰航空|国泰|中国国际航空|中国东方航空|中国南方航空|嘉能可|洛阳钼业|洛钼|紫金矿业|华友钴业|赣锋锂业|天齐锂业|迪士尼|华纳)(?:公司|集团|旗下[^，。\s]{0,8})?(?=(?:将|宣布|再|部分|临时)?(?:停|暂停|取消|削减|减|中止|关闭|缩减|撤))"
    ),
    "ja": re.compile(
        r"\W{0,8}(?:中国(?:国際|東方|南方)航空|春秋航空|吉祥航空|海南航空|キャセイ(?:パシフィック)?(?:航空)?|グレンコア|洛陽モリブデン|紫金鉱業|華友コバルト|ディズニー|ワーナー)[、がは]"
    ),
    "ko": re.compile(
        r"\W{0,8}(?:에어차이나|중국국제항공|중국동방항공|동방항공|중국남방항공|남방항공|춘추항공|하이난항공|캐세이(?:퍼시픽)?|글렌코어|뤄양몰리브덴|쯔진광업|화유코발트|디즈니|워너)(?:[,은는이가]|\s)"
    ),
}
# A stop of everything is seldom a firm's own wish.
_ALL = re.compile(r"\ball\b|全部|全面|全线|所有|全便|全路線|すべて|모든|전면|전 노선|전 편", re.IGNORECASE)
# A reason where reasons stand.
_REASON = {
    "en": re.compile(
        rf"\W{{0,8}}(?:[\w'-]{{1,20}}\s){{0,2}}?{_EN_MISHAP}\s{_EN_STOP}"
        rf"|.*?\b(?:as|after|amid|on|over|due\sto|because\sof|owing\sto|citing|following)\s(?:(?!political|diplomatic)[\w'-]{{1,20}}\s){{0,3}}?{_EN_REASON}",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        rf".*?(?:(?:因|由于|受|遭)[^，。；;\s]{{0,8}}?{_ZH_REASON}|{_ZH_REASON}[^，。；;\s]{{0,3}}(?:致|导致|迫使|为由))"
    ),
    "ja": re.compile(
        rf".*?(?:{_JA_REASON}[^、。\s]{{0,6}}?(?:で|によ|を受け|のため|を理由|に伴|が原因)|労組がスト|取引先を?変更)"
    ),
    "ko": re.compile(
        rf".*?(?:{_KO_REASON}(?:\s?[가-힣]{{1,3}}?)?(?:으?로|에|\s때문|\s탓|\s여파)(?=[\s,]|$)|계약\s?(?:해지|종료))"
    ),
}
_ORDERED = {
    "en": re.compile(
        r"\b(?:ban(?:s|ned|ning)?|order(?:s|ed)?|outlaw\w*|prohibit\w*|forbid\w*|embargo\w*|governments?|minist\w+|officials?|premier|prime|state|states|parliament|regulators?|authorit\w+"
        r"|cabinet|president|decrees?|licen[cs]\w+|permits?|rules?|controls?|curbs?|restrict\w*|told|tells|urg\w+|ask\w*|press(?:ure\w*|es|ed)|forc\w+|calls?|remarks?|warn\w*|advis\w+"
        r"|row|spat|feud|fallout|frictions?|safety|tensions?|diplomatic|political|protests?|retaliat\w+|sanctions?|sanctioned|customs|Trump|White\sHouse|METI|boycott\w*|punish\w*|alerts?|notices?|guidance|comments?|envoys?|lawmakers|policymakers|summon\w*|PLA|missiles?|drills?)\b|(?<!labour )(?<!labor )\bdispute",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"禁|令|要求|通知|政府|部门|部門|海关|海關|[商外文国務务]务?部|当局|當局|管制|许可|許可|反制|制裁|报复|報復|提醒|预警|預警|外交|外长|首相|总统|总理|言论|发言|抗议|呼吁|吁|民航局|国务院"
        r"|关系|關係|声明|监管|經濟部|官方|叫停|摩擦|争端|紧张|对立|建议|劝阻|勸阻|警示|言行|施压|中央|避免赴"
    ),
    "ja": re.compile(
        r"禁|命|指示|政府|当局|省[、がはもの]|経産|商務|規制|許可|税関|対抗|報復|自粛|要請|通達|措置|渡航|関係|摩擦|対立|緊張|答弁|発言|反発|抗議|首相|大統領|大臣|外相|呼びかけ|呼び掛け|注意喚起|回避|控え|制裁|審査"
    ),
    "ko": re.compile(
        r"금지|지시|명령|정부|당국|산업부|상무부|외교부|통제|규제|허가|세관|해관|보복|제재|자제|불허|한일령|한한령|갈등|마찰|긴장|관계|승인|심사|발언|총리|장관|대통령|요청|권고|항의|반발|경보|주의보|사드"
    ),
}
# A state's name that tells a destination or, in the opening, the home of the maker or the carrier.
_DESTINATION = re.compile(
    r"\s(?:flights?|routes?|services?|tours?|trips|lines|tickets)\b|(?:航线|航線|航班|方向|旅游|机票)|(?:路線|線|便|行き|向け|旅行|ツアー)|\s?(?:노선|행\s|행$|발\s|여행|관광|배터리|공장|시장)"
)
_TOWARDS = re.compile(
    r"(?:\b(?:flights|routes|shipments|exports|sales|deliveries|supplies|services)\s(?:to|from)\s|[赴往至飞])$",
    re.IGNORECASE,
)
_TOWARDS_WORD = re.compile(r"[赴访訪対]\w")
_HOME = re.compile(
    rf"\s(?:{_EN_FIRM}\b|Zinc\b|Eastern\b|Southern\b)|(?!\s?[、,，:：은는がは])(?!\s?[이가]\s)\s?[^\sA-Za-z]",
    re.IGNORECASE,
)


def is_own_stop(rule: TextRule, reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether a headline tells a stop as a firm's own, of a rule that would lay it to a state."""
    language = reading.item.language
    if reading.item.kind != "news" or rule.direction != "tightening" or language not in _REASON:
        return False
    if rule.act not in _TRAVEL_ACTS and (rule.act not in _TRADE_ACTS or "CN" in rule.actors):
        return False
    title = reading.title
    named = None if _ALL.search(title) else _NAMED_FIRM[language].match(title)
    opened = named or _OPENED[language].match(title)
    return (
        opened is not None
        and all(reading.field_of(hit) == "title" for hit in event)
        and (named is not None or _REASON[language].match(title) is not None)
        and _ORDERED[language].search(title) is None
        and not _may_act(reading, opened.end(), is_named=named is not None)
    )


def _may_act(reading: Reading, opening_end: int, *, is_named: bool) -> bool:
    """Whether a state or its office stands in the headline other than as the firm's home or a destination."""
    for concept, hits in reading.hits.items():
        kind = concept.partition(":")[0]
        for hit in hits if kind in ("actor", "issuer") else ():
            start, end = reading.span(hit)
            if end > len(reading.title):
                continue
            after = reading.title[end : end + 20]
            if kind == "issuer" or not (
                (end <= opening_end and (is_named or _HOME.match(after)))
                or _DESTINATION.match(after)
                or _TOWARDS.search(reading.title[max(0, start - 24) : start])
                or _TOWARDS_WORD.match(reading.words(hit))
            ):
                return True
    return False
