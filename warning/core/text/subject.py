"""Which state a headline says is acting: its list, the agent of its passive, or the state that opens it.

米商務省、中国AI企業…を輸出規制リストに; 美, 중국 YMTC 등 36곳…; "US hits 140 Chinese companies"; 13家中国企业被列入美国实体清单.
"""

import re
from collections.abc import Sequence

from warning.core.text.acting import ActingClause, clause_holding
from warning.core.text.clauses import clause_parts, clauses_of
from warning.core.text.folding import fold
from warning.core.text.matcher import Hit
from warning.core.text.other_police import opens_with_police
from warning.core.text.parties import NATIONAL, TURN
from warning.core.text.reading import Reading
from warning.core.text.unsaid import unsaid_state

_STATES = {
    "US": r"米?FCC|미\s?FCC|美国|美國|美方|美商务部|美|米国|米|미국|미|アメリカ|United States|U\.S\.|USA?|Washington|Commerce Department|Commerce(?= (?:adds|bans|bars|blocks|curbs|delays|drops|eases|halts|imposes|lifts|pauses|puts|restricts|revives|scraps|shelves|suspends|tightens|widens|expands|unveils)\b)",
    "CN": r"中国|中國|中方|我国|中|중국|商务部|China|Beijing",
    "JP": r"日本|日方|日|일본|Japan|Tokyo",
    "KR": r"韩国|韓国|韩|韓|한국|South Korea|Seoul",
    "EU": r"欧盟|欧州連合|EU|유럽연합|European Union|Brussels",
    "NL": r"荷兰|オランダ|네덜란드|Netherlands|The Netherlands|Dutch government|Dutch",
    "TW": r"台湾|台|대만|Taiwan",
    "GB": r"英国|영국|Britain|UK",
}  # fmt: skip
_NAMED = "|".join(f"(?P<{code}>{names})" for code, names in _STATES.items())
_ANY = "(?:" + "|".join(_STATES.values()) + ")"
# Two bodies keep a list of this name; whose it is decides, not the nationality of those on it.
_LISTS = {
    "CN": re.compile(
        r"管控名单|关注名单|不可靠实体清单|unreliable entit(?:y|ies) list|信頼できない企業|신뢰할 수 없는 (?:기업|기관)",
        re.IGNORECASE,
    ),
    "US": re.compile(
        r"美国?(?:商务部)?(?:的)?[“「]?实体清单|US (?:entity list|export blacklist)|米(?:国)?(?:の)?(?:エンティティ|禁輸リスト)|미국? ?(?:엔티티|블랙리스트)",
        re.IGNORECASE,
    ),
}
_BY_AGENT = re.compile(
    rf"(?:[被遭](?={_ANY})|\bby (?:the )?(?={_ANY}\b))(?:{_NAMED})(?!实体|企业|军工|国防|籍|-(?:owned|based|funded|linked|backed|made)|(?:[ -](?!(?:government|military|authorit|official|regulator|president|customs)\w*\b)[\w-]+){{0,3}}[ -](?:firms?|compan|contractors?|businesse?s?|buyers?|\w*makers?|importers?|users?|manufacturers?|suppliers?|subsidiar|units?\b|entit|forces|military))"
)
_OPENING = re.compile(
    r"\s*(?:[\[【〔(（「][^\]】〕)）」]{1,12}[\]】〕)）」]\s*|(?:FLASH|BREAKING|UPDATE \d|EXCLUSIVE|快讯|速報|속보)\s*[-:：|]?\s*)*",
)
_LEADS = re.compile(_NAMED)
_LATIN_END = re.compile(r"(?![A-Za-z])")
# Of a one-sign name only a following stop or verb says that it is a state, not the head of a word (中小企業, 日銀, 美食).
_SHORT_END = re.compile(
    r"[、,，…:：]|\s(?![가-힣])|\s?(?:상무부|재무부|국방부|무역대표부|경제산업성|경산성|산업부|해관|세관|정부|행정부|당국|의회|하원|상원)|商务部|商務省|財務省|政府|发布|發布|宣布|公布|将|擬|拟|对|對|把|正式|暂停|升级|收紧|放宽|扩大|推迟|批准"
)
_PASSED_TO = re.compile(
    # A journey, goods or a firm of a state: who stops or punishes it stands elsewhere.
    r"の?(?:旅行|観光|留学|ツアー)|(?:旅游|留学)|\s?(?:여행|관광|유학|교환학생)"
    r"|の?(?:酒|水産|海産|食品|化粧品|ホタテ|牛肉|ワイン|車(?!メーカー|各社|大手))"
    r"|(?:的)?(?:水产|海鲜|海产|产品|食品|清酒|酒|化妆品|牛肉|大豆|大麦|煤炭|农产品|货物|商品|游戏|扇贝|龙虾)|\s?(?:수산물|화장품|식품|사케|소고기|농산물|게임|드라마)"
    r"|(?!バイデン|トランプ|ベッセント|ラトニック|グリア|ルビオ|バンス)[ァ-ヶー]{3,}"
    r"|(?<!\s)\s*+(?:への|向け|へ|を|に(?!よ)|産|산(?![업자])|행|에|을|를|로|으로|'백색국가(?!\s*한국)|[\"'‘“]?白名单|被|遭)|(?<!\s)\s*+(?:faces?|hit by|says?|said|urges?|accus\w+|condemns?|protests?|slams?|reels?|braces?|warns?|seeks?|asks?|loses?|calls?)\b"
    r"|-(?:based|born|owned|made|backed|listed|led|run|trained)\b",
    re.IGNORECASE,
)

# Who is quoted or reports does not act: 米政府「中国が輸出を停止」, 韩国称中国停止出口尿素, 일본 정부 "중국, 수입 중단 통보".
_SPEAKER = r"[^\s、，,：:「『“\"'‘…]{0,8}"
_QUOTES = re.compile(
    rf"(?<!\s)(?:\s*+{_SPEAKER}\s?{_SPEAKER}\s*+[、，,：:]?\s*+[「『“\"'‘]\s*+(?={_ANY})"
    rf"|\s*+{_SPEAKER}(?:称|说|表示|证实|透露|确认|指|：|:)\s*+(?={_ANY})"
    rf"|\s*+{_SPEAKER}\s*+[、,]\s*+(?={_ANY})(?=[^。]{{0,60}}?(?:と(?:主張|指摘|報道|報じ|確認)|(?:했다|한다|됐다|된다)[고며]|라고|다고|사실 확인)))"
)

# A verb that has people or firms of another state as its object is the act of who stands before it.
_ACTS_ON = re.compile(
    r"\s(?:(?:will|to)\s)?(?:adds?|bans?|bars?|blocks?|blacklists?|puts?|places?|sanctions?|arrests?|detains?|restricts?|targets?|lists?)\s"
    r"(?:(?:\d+|more|new|two|three|four|five|six|dozens\sof|several)\s)?(?:Chinese|Japanese|American|Korean|Taiwanese|Dutch|Russian)\s"
)
# Who protests at an act, or summons for it, does not do it, and says that it is done.
_PROTESTS = re.compile(
    r"\s(?:(?:lodges|files)\s(?:a\s)?)?(?:protests?|condemns|denounces|deplores|summons)\b", re.IGNORECASE
)
# Of the other states only a verb of their own, or their government, says that they act: goods and people of a state open
# headlines as often. 立陶宛禁止采购中国逆变器, "Australia unveils rules to counter China", 豪州、中国依存を減らす規則を公表.
_GOVERNMENT = r"(?:['’]s)?\s(?:(?:federal|state)\s)?(?:government|parliament|senate|cabinet|lawmakers|president|minister)"
_OWN_ACT = {
    "en": re.compile(
        rf"(?:{_GOVERNMENT})?\s(?:(?:also|again|formally|finally|now)\s)?(?:(?:will|to|is\sto|plans?\sto|moves?\sto|set\sto)\s\w"
        r"|(?:unveil|approve|pass|adopt|announce|introduce|set|impose|tighten|ease|ban|bar|block|halt|stop|suspend|restrict|curb"
        r"|limit|plan|consider|join|back|launch|sign|draft|propos|weigh|build|invest|order|requir|extend|widen|lift|cut|cap|rais"
        r"|lev|put|add|issu|publish|releas|enact|creat|open|nationali[sz]|strengthen|toughen|target|prohibit|forbid|outlaw)"
        r"(?:e?s|ies|d|ed)?\s)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:联邦|政府|国会|议会|总统|总理|内阁|参议院|[^，。\s中]{0,3}部)*(?:正式|将|將|拟|擬|也|再|已|率先|计划|全面|开始|即日起)*"
        r"(?:公布|发布|宣布|禁止|通过|批准|出台|限制|收紧|放宽|决定|颁布|推出|实施|要求|叫停|暂停|停止|考虑|加征|立法|制定|强化|设立|排除)"
    ),
    "ja": re.compile(
        r"(?:連邦|政府|議会|国会|首相|大統領|内閣|[^、\s中]{0,4}[省相])?[、がは]"
        r"(?!中国(?:が|、|政府|税関|商務省)|中国(?:の|による)[^、。]{0,16}?(?:禁輸|輸出(?:停止|規制|禁止|制限|管理))(?!に(?:対抗|備え|対応|懸念)|を(?:念頭|懸念|批判|非難)|への?|の?対抗|対策))"
    ),
    "ko": re.compile(
        r"(?:\s?(?:연방)?\s?(?:정부|의회|국회|총리|대통령|내각|상원|하원))?\s?(?:,|…|이|가|은|는)\s?+"
        r"(?!(?:중국|中)(?:이|,|\s정부|\s?당국|\s?세관)"
        r"|(?:중국|中)의?\s[^,…]{0,16}?(?:수출\s?(?:중단|금지|통제|규제|제한)|금수)(?!에?\s?(?:맞서|대응|대비|대항)|\s대책))"
    ),
}
# Who speaks of China's act, or is told of it, does not act himself.
_LED = re.compile(
    r"(?:(?:US\s|U\.S\.\s)?(?:President\s)?(?:Donald\s)?Trump|White\sHouse)\s(?!(?:says?|said|urges?|asks?|calls?|warns?|claims?|accus\w+|slams?|hails?|welcomes?|faces?|aide|officials?|team|tariffs?|adviser|envoy|holds?|meets?|speaks?|talks?|discusses|mulls?|weighs?|considers?)\b)[a-z]"
    r"|(?:美国总统)?(?:特朗普|川普|白宫)(?:政府)?(?:正式|将|再|已|拟)*(?:[与同和][^，,；;。\s]{1,8}(?:会谈|会晤|通话|磋商)后)?(?:宣布|签署|签令|决定|下令|上调|下调|提高|加征|取消|禁止|限制|叫停|暂停|解除|放宽|延长|将对|对)"
    r"|トランプ(?:米?大統領|氏|政権|米政権)?[、がは](?!中国)"
    r"|트럼프(?:\s?(?:대통령|행정부))?(?:,|…|이|가|은|는)(?!\s?(?:중국|中)[이가,])"
)
_LED_AGAINST = re.compile(
    r"(?:特朗普|川普|白宫)[^，,；;。：:\s中]{0,12}?(?:对|向)(?:华|中国(?!宣布|暂停|同意))"
)
_LEADER = re.compile(
    r"(?:(?:US\s|U\.S\.\s)?(?:President\s)?(?:Donald\s)?Trump|White\sHouse)\s|(?:美国总统)?(?:特朗普|川普|白宫)|トランプ|트럼프"
)
_ASKED = re.compile(r"cue:(?:question|talk)$")
_ACT_WORD = re.compile(r"act:|cue:(?:curb|control_noun|export|outbound)$")
# Characters of a clause within which it says whose act it tells.
_OPENS_WITHIN = 60
# What another state did stands behind the act that it moved: "India to fast-track mining after China halts exports",
# 因中国禁止磁体出口. What only names that act as known ("following China's curbs") is no telling of it.
_BEHIND = re.compile(
    r"\s(?:after|following|since|because|as|amid)\s(?:the\s)?(?!\w+(?:['’]s\b|\s(?:exports?|rare|trade|talks?|rules)\b))"
    r"|(?:此前|因为?|由于|鉴于|应对)(?=(?:中国|美国)[^，。；\s]{0,6}?(?:停止|暂停|禁止|限制|叫停|收紧|对))",
    re.IGNORECASE,
)


def acting_state(reading: Reading) -> str | None:
    """The state whose act the headline's first clause tells; None where the headline does not say so plainly."""
    title = reading.title
    opening = TURN.split(title, maxsplit=1)[0]
    for code, lists in _LISTS.items():
        if lists.search(opening) or lists.search(title):
            return code
    if agent := _BY_AGENT.search(opening):
        return agent.lastgroup
    return _opens(opening) or _weighing(reading) or _other_opens(reading) or unsaid_state(reading)


def led_state(reading: Reading) -> str | None:
    """The United States where its president or his house opens the headline and acts: "Trump lifts China tariffs to 50%".

    None where a later clause tells another state's act and his own holds no word for one: "Trump golfs as China bans gallium exports".
    """
    title = reading.title
    start = _OPENING.match(title)
    place = start.end() if start else 0
    if not (_LED.match(title, place) or _LED.match(fold(title).text, place)):
        return None
    (_, first_end), *later = clause_parts(title, "")
    return "US" if _holds(_ACT_WORD, reading, first_end) or not _another_acts(reading, later) else None


def _led_against(reading: Reading) -> str | None:
    """The United States where their president acts on China by the words of the headline: 特朗普宣布禁止对中国出口芯片."""
    return led_state(reading) if _LED_AGAINST.search(fold(reading.title).text) else None


def _weighing(reading: Reading) -> str | None:
    """The United States where their president opens the headline and only weighs an act, and a later clause tells another state's."""
    start = _OPENING.match(reading.title)
    if not _LEADER.match(reading.title, start.end() if start else 0):
        return None
    (_, first_end), *later = clause_parts(reading.title, "")
    return "US" if _holds(_ASKED, reading, first_end) and _another_acts(reading, later) else None


def _holds(words: re.Pattern[str], reading: Reading, clause_end: int) -> bool:
    """Whether a word of these concepts stands in the headline before the place."""
    return any(
        reading.span(hit)[1] <= clause_end
        for concept, hits in reading.hits.items()
        if words.match(concept)
        for hit in hits
    )


def _another_acts(reading: Reading, clauses: Sequence[tuple[int, int]]) -> bool:
    own = _OWN_ACT.get(reading.item.language)
    openings = (reading.title[begin : begin + _OPENS_WITHIN].strip() for begin, _ in clauses)
    return own is not None and any(_is_anothers(opening, own) for opening in openings)


def _is_anothers(opening: str, own: re.Pattern[str]) -> bool:
    """Whether the first words of a clause are a state other than the United States and a verb of its own."""
    named = _LEADS.match(opening)
    return (
        named is not None
        and _opens(opening) not in {None, "US"}
        and own.match(opening, named.end()) is not None
    )


def _other_opens(reading: Reading) -> str | None:
    """One of the other states that opens the headline and acts; None where a later clause is another state's."""
    title, named = reading.title, _first_named(reading)
    own = _OWN_ACT.get(reading.item.language)
    if named is None or own is None or not own.match(title, reading.span(named[1])[1]):
        return None
    if any(_opens(clause) for clause in (*clauses_of(title)[1:], *_BEHIND.split(title)[1:])):
        return None
    return named[0]


def _first_named(reading: Reading) -> tuple[str, Hit] | None:
    """The state whose name the headline begins with."""
    start = _OPENING.match(reading.title)
    place = start.end() if start else 0
    return next(
        (
            (concept.removeprefix("actor:"), hit)
            for concept, hits in sorted(reading.hits.items())
            if concept.startswith("actor:")
            for hit in hits
            if reading.span(hit)[0] == place
        ),
        None,
    )


def _opens(title: str) -> str | None:
    start = _OPENING.match(title)
    named = _LEADS.match(title, start.end() if start else 0)
    if named is None:
        return None
    after = title[named.end() :]
    latin, short = named.group().isascii(), len(named.group()) == 1
    if (latin and not _LATIN_END.match(after)) or (short and not _SHORT_END.match(after)):
        return None
    if _ACTS_ON.match(after):
        return named.lastgroup
    if NATIONAL.match(after) or _PASSED_TO.match(after) or _quotes_another(after, named.lastgroup):
        return None
    return named.lastgroup


def _quotes_another(after: str, speaker: str | None) -> bool:
    """Whether what follows the opening state gives its words on another state."""
    quoted = _QUOTES.match(after)
    named = _LEADS.match(after, quoted.end()) if quoted else None
    return named is not None and named.lastgroup != speaker and not NATIONAL.match(after[named.end() :])


def others_sentences(
    reading: Reading, actors: tuple[str, ...], except_actors: tuple[str, ...] = ()
) -> frozenset[int]:
    """The sentences of the headline when it tells the act of a state that is none of `actors`, or one of `except_actors`."""
    state = (acting_state(reading) or _led_against(reading)) if actors or except_actors else None
    if state is None or (state in actors if actors else state not in except_actors):
        return frozenset()
    return frozenset({0})


def clause_behind(reading: Reading, actors: tuple[str, ...]) -> ActingClause | None:
    """The clause in which one of `actors` acts behind another state's act: "Japan to build reserve after China bans exports"."""
    state = (acting_state(reading) or led_state(reading)) if actors else None
    if (state is None and not _tells_of_another(reading)) or state in actors:
        return None
    return next((clause for clause in reading.acting if clause.tells and clause.state in actors), None)


def _tells_of_another(reading: Reading) -> bool:
    """Whether police of their own name open a headline, or a state that only protests."""
    named = _first_named(reading)
    return opens_with_police(reading.title) or (
        named is not None and _PROTESTS.match(reading.title, reading.span(named[1])[1]) is not None
    )


def clause_of_another(
    reading: Reading, actors: tuple[str, ...], events: Sequence[tuple[Hit, ...]]
) -> ActingClause | None:
    """The clause of a state that is none of `actors` in which all stands that tells the events, while another state is named or acts outside it.

    What India seeks as China curbs exports is no curb of India's.
    """
    state = acting_state(reading)
    clauses = {clause_holding(reading, event, acting=state, is_bound=bool(actors)) for event in events}
    clause = clauses.pop() if len(clauses) == 1 else None
    return None if clause is None or clause.state in actors else clause
