"""Words by which a headline supposes, looks back, plays a war game, or confirms what was a rumour, by language.

Expressions are searched in titles and clauses; each takes time that grows with the text.
"""

import re

STATE = {
    "en": r"(?:China|Beijing|United States|US|U\.S\.|Washington|Japan|Tokyo|Russia|Moscow|Indonesia|Jakarta|India|South Korea|Seoul|EU|Brussels)",
    "zh": "(?:中国|中國|中方|北京|大陆|中共|商务部|海关总署|美国|美方|美商务部|日本|日方|韩国|欧盟|印尼|俄罗斯)",
    "ja": "(?:中国|北京|米国|米政府|米商務省|日本|韓国|欧州|EU|ロシア|インドネシア|商務省)",
    "ko": "(?:중국|中|베이징|미국|美|일본|日|한국|유럽연합|EU|러시아|인도네시아|상무부)",
}
# An if opens the headline or stands upon a state. A rule ("if it exports, it needs a licence") stays told.
WHAT_IF = {
    "en": re.compile(
        r"^\W*(?:what\s(?:if|would\shappen|happens\sif)|if|suppose|imagine\s(?:if|that|a|an|the|no|life|china|beijing))\b"
        r"|[:–—]\s{0,3}(?:what\sif|if)\b|\bshould\s(?:china|beijing)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        rf"(?:如果|假如|假若|倘若|要是|万一|一旦|(?<![自宛般杜])若(?![干尔羌林狭松]))(?=[^，。；：\s]{{0,4}}{STATE['zh']}|没有|失去|断供|停供|禁运|全面)"
    ),
    "ja": re.compile(
        r"(?<![^\s、「『（：:…―])もしも?(?![かくればったてなまよゃ])|仮に|万が一"
        r"|(?:止め|断っ|禁じ|禁止し|停止し|規制し|絞っ|途絶え|途絶し|なくなっ|止まっ)(?:たら(?!し)|れば)|(?:禁止|停止|禁輸|途絶|供給断)なら(?!び)"
    ),
    "ko": re.compile(r"(?:^|[\s'\"‘“])(?:만약|만일|가령)(?!의)|[가-힣]다면(?=[\s…,?'\"’”]|$)"),
}
# Software, tools and systems of simulation are goods; an exercise that gives the time of an act supposes nothing.
_TOOLS_ZH = (
    "软件|系统|平台|设备|工具|技术|服务|器材|芯片|仪|游戏|[^，。；：\\s]{0,4}(?:之际|期间|后|时|曾|结束|落幕)"
)
_TIME_JA = "ソフト|システム|機器|装置|の?(?:直後|直前|最中|さなか|開始|終了)|中|後|前|に合わせ"
_TIME_KO = r"\s?(?:소프트웨어|SW|프로그램|장비|기술|직후|직전|중|후|뒤|도중|종료|기간|와중|맞춰)"
WAR_GAME = {
    "en": re.compile(
        r"(?:\bin\s(?:[\w'’-]{1,20}\s){0,3})?\b(?:war[\s-]?gam(?:es?|ing)|tabletop(?:\s(?:exercise|drill|game))?)"
        r"(?=\s{0,2}:|\s(?:simulat|imagin|find|found|show|suggest|test|model|warn|see|explore|consider|assume|posit|ask|envisag)\w{0,4}\b)"
        r"|\bin\s(?:[\w'’-]{1,20}\s){0,3}(?:war[\s-]?games?|tabletop)\b|\bwar-?gam(?:es|ed|ing)\b(?!\s(?:and|over|near|off|around|end|in|as)\b)"
        r"|(?<!\bin\s)(?<!\bfor\s)(?<!\bby\s)(?<!\bto\s)(?<!\bthat\s)(?<!\bwhich\s)\b(?:simulat(?:es|ed|ing)|imagin(?:es|ed|ing))\b|\bsimulation\s(?:of|shows|finds|suggests)\b",
        re.IGNORECASE,
    ),
    # Analogue chips (模拟芯片) are goods.
    "zh": re.compile(
        rf"(?:兵棋(?:推演)?+|沙盘(?:推演|演练|模拟)|推演|桌面演练)(?!{_TOOLS_ZH})|模拟[^，。；：\s芯集器电半信软设备仿训系晶量的]{{0,8}}(?:断供|禁运|封锁|停止|禁止|中断|演练)"
    ),
    "ja": re.compile(
        rf"(?:(?:机上|図上)(?:演習|訓練)|兵棋(?:演習)?+)(?!{_TIME_JA})|(?:禁輸|途絶|停止|禁止|封鎖|断絶|供給断)を?(?:想定|仮定)"
        r"|シミュレーション(?!・?用|・?(?:ソフト|技術|装置|システム|ツール|機器|製品|ゲーム|モデル|設備))"
    ),
    "ko": re.compile(
        rf"(?:워\s?게임|도상\s?(?:연습|훈련)|모의\s?훈련|시뮬레이션)(?!{_TIME_KO}|용|\s?(?:툴|솔루션|게임|시스템|도구|칩))"
        r"|(?:금수|중단|금지|통제|봉쇄|차단)(?:를|을)?\s?(?:가정|상정)"
    ),
}
_CURB = {
    "zh": "(?:禁运|禁令|断供|管制|制裁)",
    "ja": "(?:禁輸|規制|停止|制限|禁止|措置|ショック|事件)",
    "ko": "(?:금수|중단|통제|규제|금지|조치|사태)",
}
_YEARS_ZH = "[0-9一二三四五六七八九十]{1,3}"
# A strictest or a first in years is today's act; so is one told with what it widens to.
_NEW_ZH = "首|最|第|再|又|也|才|以来首|以来最|扩|加码|升级|新增|将|全面|进一步|重启|恢复"
ANNIVERSARY = {
    "en": re.compile(
        r"^\W*(?:(?:nearly|almost|over|some|just)\s)?(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|\d{1,2})\s(?:years?|decades?)\s(?:on\sfrom|after|since|ago)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        rf"{_CURB['zh']}[^，。；：\s\d]{{0,4}}?{_YEARS_ZH}(?:周年|年(?:之后|以来|后|来|看)(?!{_NEW_ZH}))"
        rf"|^(?:从|距)[^，。；：]{{0,12}}?{_CURB['zh']}[^，。；：]{{0,4}}?{_YEARS_ZH}年(?!(?:之后|以来|后|来)?+(?:{_NEW_ZH}))"
    ),
    "ja": re.compile(rf"{_CURB['ja']}から\s?\d{{1,3}}年(?!間|度|\s?\d|で|ぶり|目)"),
    "ko": re.compile(
        rf"{_CURB['ko']}\s?(?:(?:이후|후|뒤|로부터)\s?\d{{1,3}}년|\d{{1,3}}주년|[1-9]\d년(?=[,…\s]))(?!\s?(?:간|만|동안|유예|연장|더))"
    ),
}
# An act told behind an anniversary is told: "A year after the truce China bans", 管制两年后中国禁止, から1年、中国が…禁止, 10년, 이번엔.
ACTS_NOW = {
    "en": re.compile(
        rf"(?<!after)(?<!since)(?<!from)\s{STATE['en']}\s(?:(?:also|again|now|formally)\s)?(?:ban|bar|block|halt|stop|suspend|restrict|limit|tighten"
        r"|impose|add|extend|widen|expand|cut|prohibit|order|announce|slap|freeze|put|place|choke|withhold|target|require|unveil|sanction|blacklist|hit)s\b"
    ),
    "zh": re.compile(
        rf"{STATE['zh']}[^，。；：\s]{{0,12}}?(?:禁止|禁运|限制|停止|暂停|叫停|收紧|实施|宣布|公布|扩大|列入|管制|再禁|又禁|也禁)"
    ),
    "ja": re.compile(
        rf"{STATE['ja']}(?:政府|商務省|当局)?[がはも、][^、。]{{0,24}}?(?:禁止|禁輸|停止|規制|制限|許可制)(?!に備え|に対|対策|から|への)|今度は|今回は"
    ),
    "ko": re.compile(
        rf"(?<![가-힣]){STATE['ko']}(?:\s?(?:정부|상무부|당국))?[이가은는도,…][^,…]{{0,24}}?(?:금지|통제|중단|제한)(?!\s?(?:에\s?)?(?:대비|대응|맞서|우려|이후))|이번엔|이번에는|또다시"
    ),
}
# What was a rumour and is the act now.
CONFIRMED = re.compile(
    r"\b(?<!\bto\s)(?<!\bnot\s)confirm(?:s|ed|ing)\b|\bcom(?:es?|ing)\strue\b|\bborne\sout\b"
    r"|(?<!未)(?<!未经)(?<!未获)(?<!没有)(?<!无法)证实|印证|坐实|成真|应验|现实|現実|(?<!未)(?<!未だ)確認|裏付け|的中|현실|사실로|(?<!미)확인(?!되지|\s?안|\s?불가|\s?중|\s?안\s?된)",
    re.IGNORECASE,
)
# A clause that only says that the act behind it is a rumour: ", rumour says", 网传消息, とのうわさ広がる, …소문 확산.
RUMOUR_ALONE = re.compile(
    r"(?:(?:a|the|market|social\smedia|unconfirmed|unverified)\s){0,3}(?:rumou?rs?|market\schatter|(?:unconfirmed|unverified)\sreports?)"
    r"(?:\s(?:say|says|has\sit|have\sit|claims?|goes|go|suggests?|swirls?|spreads?))?"
    r"|(?:says?|according\sto)\s(?:a\s|an\s|the\s|market\s)?(?:rumou?rs?|(?:unconfirmed|unverified)\sreports?)"
    r"|(?:网传|据传|盛传|坊间传|市场传言|传闻)(?:消息|称|说|如此|而已)?"
    r"|(?:との|という)?(?:うわさ|噂|観測)(?:広がる|広まる|流れる|飛び交う|も|が?浮上)?"
    r"|(?:소문|검토설|금지설|통제설|제한설|중단설|규제설)(?:\s?(?:돌아|나돌아|확산|퍼져|무성|솔솔))?",
    re.IGNORECASE,
)
