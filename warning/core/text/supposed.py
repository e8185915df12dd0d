"""Headlines in which a state's act is no news: what an exercise, a study or a plan supposes, and what happened years ago.

"Japan would respond when China bans exports", 日本演练应对中国停止出口, 中国が輸出を停止した場合に備え, 중국이 수출을 금지하면;
"15 years after China banned exports", 2010年, 停止してから15年, 중단한 뒤 15년.
"""

import re

# What makes the whole headline an exercise, a study or a look back.
_EXERCISE = {
    "en": re.compile(
        r"\b(?:simulat(?:ions?|es?|ed|ing)|war\s?-?gam(?:es?|ing)|tabletop|rehears\w+|contingency|hypothetical|stress\s?-?tests?)\b"
        r"|(?<!to\s)\bdrills?\s?(?::|(?:sees|shows|tests|finds|models|imagines|assumes|asks|as|for\sday)\b)"
        r"|(?<!to\s)\b(?:study|modell?ing|scenarios?|exercises?)\s?(?::|(?:finds|says|shows|warns|suggests|sees|estimates|tests|imagines|assumes|in\swhich)\b)"
        r"|\bprepar(?:es|ing|ed)\sfor\s(?:the\s)?day\b|\bplan\ssays\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"演练|推演|演习|模拟|沙盘|预案|情景|假设|假如|设想|回顾|复盘|往事|周年"),
    "ja": re.compile(r"訓練|演習|シミュレーション|想定|机上|試算|回顧|振り返"),
    "ko": re.compile(r"시뮬레이션|훈련|모의|가정|시나리오|가상|회고|되돌아"),
}
# What makes the clause itself supposed: between the state's name and what follows the clause.
_IF = {
    "en": re.compile(r"\b(?:if|in\scase|in\sthe\sevent)\b", re.IGNORECASE),
    "zh": re.compile(r"的话|的情况下"),
    "ja": re.compile(
        r"場合|事態|[すめけ]れば|されれば|(?<!も)たら|(?:する|した|れる|める)なら|(?:する|した)(?:際|とき|時)|に備え|可能性|恐れ"
    ),
    "ko": re.compile(r"[하되]면(?!서)|[할될]\s?(?:경우|때|가능성|것에)|에\s?대비"),
}
_PAST = {
    "en": re.compile(
        r"\b(?:years?|decades?)\s(?:ago|after|since|following)\b|\blast\s(?:year|decade)\b", re.IGNORECASE
    ),
    "zh": re.compile(
        r"(?:的|后|断供|禁令|管制)第?[\d一二三四五六七八九十]{1,3}年$|[\d一二三四五六七八九十]{1,3}年前"
    ),
    "ja": re.compile(r"から\d{1,3}年|\d{1,3}年前"),
    "ko": re.compile(r"(?:뒤|후|지|이후)\s?\d{1,3}년|(?<!\d)\d{1,3}년\s?전"),
}
_YEAR = {
    "en": re.compile(r"\bin\s(?:early\s|late\s|mid-)?((?:19|20)\d\d)\b", re.IGNORECASE),
    "zh": re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!代?以来)"),
    "ja": re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!以来|以降|ぶり)"),
    "ko": re.compile(r"(?<!\d)((?:19|20)\d\d)년(?!\s?(?:이후|이래|만))"),
}


def is_exercise(language: str, title: str) -> bool:
    """Whether a headline tells of an exercise, a study or a look back, and of no act."""
    return _EXERCISE[language].search(title) is not None


def is_supposed(language: str, title: str, start: int, end: int) -> bool:
    """Whether a stretch of a headline from a state's name to the end of what joins its clause says "if" or "in case"."""
    return _IF[language].search(title, start, end) is not None


def is_past(language: str, title: str, place: tuple[int, int, int], year: int) -> bool:
    """Whether a clause lies years before `year`: "in 2010", "15 years after".

    `place` is where what joins it begins, where the clause begins, and where what follows it ends.
    """
    first, start, last = place
    before, behind = (start, 0) if language == "en" else (max(0, first - 6), 8)
    return _PAST[language].search(title, max(0, first - 12), last + behind) is not None or any(
        int(told.group(1)) < year for told in _YEAR[language].finditer(title, before, last + behind)
    )
