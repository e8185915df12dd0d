"""Stops that a maker or a carrier owes to itself: a strike, a fire, weak demand, empty seats.

"Korea Zinc walkout stops antimony shipments to US", 信越化学、停電でウエハー出荷停止, 탑승률 저조로 한국 노선 운항 중단: no state acts there. What a
state orders is told, whatever reason is given: where a word of ordering or an office stands anywhere in the headline, or a state
opens it and stops the trade itself ("Japan halts photoresist exports after plant fire").

China's stops of exports are left alone: a strike at a Japanese plant is as often what follows from them.
"""

import re

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading
from warning.core.text_rules import TextRule

# A rule without an act takes it from the words.
_TRADE_ACTS = frozenset({"export_control", "export_ban", None})
_TRAVEL_ACTS = frozenset({"tourism_stop", "boycott", "countermeasure"})
_REASON = {
    "en": re.compile(
        r"(?<!air )(?<!missile )\bstrikes?\b(?!\s(?:back|at|against|on|down|out))|\bwalk-?outs?\b|\blabou?r\sdispute\b|(?<!under )(?<!cease)(?<!cease-)(?<!line of )\bfire\b(?!\ssale)|\bblaze\b|\bexplosion\b"
        r"|\bpower\s(?:cuts?|outages?|failures?)\b|\btyphoons?\b|\bstorms?\b|\bfloods?\b|\bflooding\b|\bdroughts?\b|\blow\swater\b|\bruns?\slow\b|\bsnow(?:storm)?s?\b|\bearthquake\b|\bmaintenance\b"
        r"|\b(?:weak(?:er|ening)?|low|poor|slack|soft|falling|fading)\s(?:\w+\s)?(?:demand|bookings|load\sfactors?)\b"
        r"|\b(?:demand|bookings)\s(?:fad(?:es?|ing)|weak(?:ens?|ening)|slumps?|slackens?|dries\sup|softens?)\b|\black\sof\s(?:passengers|demand|crew|profits?)\b"
        r"|\b(?:crew|pilot|labou?r)\sshortages?\b|\bfuel\s(?:prices?|costs?)\b|\bunprofitable\b|\bloss-making\b|\bbox\soffice\b|\bhalts\sshooting\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"罢工|罷工|火灾|火災|起火|爆炸|停电|停電|台风(?!波)|颱風|暴雪|洪水|洪灾|干旱|水位|检修|檢修|设备故障|需求(?:疲软|低迷|不足|下滑)|客源不足|客座率|上座率|亏损|油价|油價"
        r"|运力(?:调整|不足)|運力|机组不足|换季|票房|点映|停拍"
    ),
    "ja": re.compile(
        r"(?<![ァ-ヶー])スト(?:ライキ)?(?![ァ-ヶー])|労組|労使|火災|出火|爆発|停電|断水|台風|大雪|豪雪|豪雨|洪水|渇水|定期修理|定修|設備(?:故障|トラブル)|需要(?:低迷|減|不振)"
        r"|採算|不採算|利用低迷|搭乗率|客不足|燃料高|原油高|燃油高|機材(?:繰り|不足)|乗員不足|人手不足|冬ダイヤ|夏ダイヤ|興行|撮影|取引先を?変更"
    ),
    "ko": re.compile(
        r"파업|노조|화재|폭발|정전|태풍|폭설|폭우|홍수|가뭄|정기\s?보수|설비\s?고장|수요\s?(?:부진|감소|둔화)|탑승률|적자|수익성|승객\s?(?:부족|감소)|유가\s?(?:급등|상승)"
        r"|인력난|승무원\s?부족|계약\s?(?:해지|종료)|흥행|촬영"
    ),
}
_ORDERED = {
    "en": re.compile(
        r"\b(?:ban(?:s|ned|ning)?|order(?:s|ed)?|outlaw\w*|prohibit\w*|forbid\w*|embargo\w*|governments?|ministr\w+|regulators?|authorit\w+|cabinet|president|decrees?"
        r"|licen[cs]\w+|permits?|rules?|controls?|curbs?|restrict\w*|told|tells|warn\w*|advis\w+|row|spat|tensions?|diplomatic|retaliat\w+|sanctions?|sanctioned|customs|Trump|Taiwan|White\sHouse|METI|boycott\w*|punish\w*)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"禁|令|要求|通知|政府|部门|部門|海关|海關|商务部|当局|當局|管制|许可|許可|反制|制裁|报复|報復|提醒|预警|預警|外交|民航局|文旅部|关系|關係|声明|监管|經濟部"
    ),
    "ja": re.compile(
        r"禁|命|指示|政府|当局|省[、がはもの]|経産|商務|規制|許可|税関|対抗|報復|自粛|要請|通達|措置|渡航|台湾|関係悪化|答弁|制裁|審査"
    ),
    "ko": re.compile(
        r"금지|지시|명령|정부|당국|산업부|상무부|통제|규제|허가|세관|해관|보복|제재|자제|불허|한일령|한한령|갈등|관계\s?악화|승인|심사"
    ),
}
_STATE = {
    "en": r"(?:China|Beijing|Japan|Tokyo|South\sKorea|Seoul|Taiwan|Taipei|US|U\.S\.|Washington|Netherlands|The\sHague|Indonesia|Jakarta|DR\s?Congo|DRC|Congo|Zimbabwe|Chile|Myanmar|Russia|Kazakhstan|Vietnam|India|Malaysia|Australia|EU|Brussels)",
    "zh": "(?:中国|中方|北京|日本|韩国|台湾|美国|美方|荷兰|印尼|刚果|津巴布韦|智利|缅甸|俄罗斯|越南|印度|欧盟)",
    "ja": "(?:中国|日本|韓国|台湾|米国?|オランダ|インドネシア|コンゴ|ジンバブエ|チリ|ミャンマー|ロシア|ベトナム|インド|EU)",
    "ko": "(?:중국|中|일본|日|한국|대만|미국|美|네덜란드|인도네시아|콩고|짐바브웨|칠레|미얀마|러시아|베트남|인도|EU)",
}
# A state that opens the headline and does it itself.
_STATE_STOPS = {
    "en": re.compile(
        rf"\W*{_STATE['en']}\s(?:(?:to|will|also|again|now)\s)?(?:halt|suspend|stop|cut|cancel|block|freez|bar|limit|pause|clos|shut)",
    ),
    "zh": re.compile(
        rf"\W*{_STATE['zh']}(?:将|再|也|已|拟|宣布|全面|即日起)*(?:暂停|停止|叫停|限制|中止|取消|削减|关闭)"
    ),
    "ja": re.compile(rf"\W*{_STATE['ja']}[、がは]"),
    "ko": re.compile(rf"\W*{_STATE['ko']}(?:,|이|가|은|는|…)"),
}


def is_own_stop(rule: TextRule, reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether a headline tells a stop as a firm's own, of a rule that would lay it to a state."""
    language = reading.item.language
    if reading.item.kind != "news" or rule.direction != "tightening" or language not in _REASON:
        return False
    if rule.act not in _TRAVEL_ACTS and (rule.act not in _TRADE_ACTS or "CN" in rule.actors):
        return False
    title = reading.title
    return (
        all(reading.field_of(hit) == "title" for hit in event)
        and _REASON[language].search(title) is not None
        and _ORDERED[language].search(title) is None
        and _STATE_STOPS[language].match(title) is None
        and not any(concept.startswith("issuer:") for concept in reading.hits)
    )
