"""A ban that a headline sets beside relief: "lifts antimony ban for US but bans gallium to Japan".

The ban needs a clause with a verb of its own and goods, or their trade, as its object: what is halted beside relief may as
well be fees, probes or one more curb. In Chinese, Japanese and Korean the clause names a contrast too, since the ban that
ends may stand behind its end (停止へ 対米輸出禁止). The rule `prc-curb-beside-relief` asks for the same in fewer words.
"""

import re
import unicodedata
from functools import cache

# What the object of the ban may be made of, and what may follow it: "bans gallium and all antimony exports to".
_OBJECT_EN = (
    r"gallium|germanium|antimony|graphite|rare[ -]earths?|magnets?|tungsten|bismuth|indium|tellurium|lithium|helium|urea"
    r"|critical minerals?|dual[ -]use|all|some|its|and|of|exports?|shipments?|sales"
)
_OTHERS_ZH = r"[对向][日台欧韩印英德荷加澳][本湾盟洲国度兰]?"
_OBJECT_ZH = rf"{_OTHERS_ZH}|[镓锗锑钨铋铟碲钼锂钴镁氦、和及与等]|石墨|稀土|磁体|尿素|两用物项|产品|出口"

PATTERNS = {
    "en": (
        r"(?:(?:\b(?:but|and|yet)\s+(?:also\s+)?|[,;]\s*)(?:bans|halts|bars|blocks|prohibits|forbids|stops)"
        r"|\bwhile\s+(?:also\s+)?(?:banning|halting|barring|blocking|prohibiting|forbidding|stopping))\s+"
        rf"(?:(?:{_OBJECT_EN})(?:,?\s+|$))+(?:(?:to|for|until|over|amid|after|as|in)\b|[-|]|$)"
    ),
    "zh": (
        rf"(?:(?:同时|但|却|转而)(?:又|仍)?(?:{_OTHERS_ZH})?(?:禁止|叫停)|[,;\s](?:{_OTHERS_ZH}(?:禁止|叫停)|(?:禁止|叫停){_OTHERS_ZH}))"
        rf"(?:{_OBJECT_ZH})+(?:$|[,。;\s])"
    ),
    "ja": (
        r"(?:規制|管理|禁止|制限|停止|禁輸)(?:措置)?[をの]?[^\s、]{0,8}(?:解除|停止|緩和|撤廃|猶予|凍結|終了|見合わせ)[^\s、]{0,4}"
        r"(?:一方で?、?[^\s、]{0,18}(?:輸出[はを]?(?:禁止|停止)|禁輸)|[\s、][^\s、]{1,14}は[^\s、]{0,8}(?:輸出を?(?:禁止|停止)|禁輸))[にへ]?$"
    ),
    "ko": (
        r"수출\s?(?:금지|통제|제한|규제)(?:령|\s?조치)?[를을]?\s?(?:\S{1,6}\s)?(?:해제|완화|유예|철회|풀|중단)[가-힣]{0,4}"
        r"(?:(?:\.\.\.|,)\s?|\s)(?:(?:대신|반면)\s)?[가-힣]{1,8}(?:엔|에는|에선)\s.{0,14}수출[은을]?\s?(?:금지|중단)$"
    ),
}

# "suspends the order that restricts antimony and bans gallium": the ban is part of what is suspended.
RELATIVE = r"\b(?:that|which)\b"


def bans_beside(language: str, headline: str) -> bool:
    """Whether a headline that tells relief bans goods in a clause of its own."""
    text = unicodedata.normalize("NFKC", headline)
    return (
        language in PATTERNS
        and _compiled(PATTERNS[language]).search(text) is not None
        and _compiled(RELATIVE).search(text) is None
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
