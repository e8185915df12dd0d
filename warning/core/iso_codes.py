"""ISO 3166 countries, ISO 639-1 languages and names of encodings: a misspelt code in the catalogue would be believed without a word."""

import codecs
from difflib import get_close_matches

WORLD, UNION = "WLD", "EU"
NOWHERE = "ZZ"
"""Set aside by ISO 3166 for its users: no desk and no rule has it. The canary comes from there."""
COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK
    YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - hundreds of quoted codes could not be read
)
# `kr` (Kanuri) is left out: whoever writes it means the country.
LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee
    el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io
    is it iu ja jv ka kg ki kj kk kl km kn ko ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr
    ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg
    si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa
    wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 - hundreds of quoted codes could not be read
)
_ENCODINGS = (
    "utf-8",
    "gb18030",
    "big5",
    "euc-kr",
    "cp949",
    "shift_jis",
    "cp932",
    "euc-jp",
    "iso-8859-1",
    "cp1252",
)
_MEANT = {"UK": "GB", "EN": "GB", "JA": "JP", "KO": "KR", "ZH": "CN"}
_SPOKEN = {"jp": "ja", "kr": "ko", "cn": "zh", "tw": "zh", "us": "en", "gb": "en", "eng": "en", "chi": "zh", "zho": "zh",
           "jpn": "ja", "kor": "ko", "fre": "fr", "fra": "fr", "spa": "es", "ger": "de", "deu": "de"}  # fmt: skip


def known_country(code: str) -> str:
    """Return the code. Raises ValueError, with the code that was meant where one is near."""
    if code in COUNTRIES or code in {WORLD, UNION, NOWHERE}:
        return code
    meant = _MEANT.get(code.upper(), code.upper())
    hint = f"did you mean {meant}?" if meant in COUNTRIES else f"{UNION} is the Union, {WORLD} the world"
    raise ValueError(f"{code!r} is no country of ISO 3166 alpha-2; {hint}")


def known_language(code: str) -> str:
    """Return the code. Raises ValueError, with the code that was meant where one is near."""
    if code in LANGUAGES:
        return code
    low = code.lower()
    meant = _SPOKEN.get(low, low.split("-")[0])
    near = [meant] if meant in LANGUAGES else get_close_matches(low, sorted(LANGUAGES), n=1)
    hint = f"did you mean {near[0]}?" if near else "such as fr for French"
    raise ValueError(f"{code!r} is no language of ISO 639-1; {hint}")


def known_encoding(name: str) -> str:
    """Return the name of a text encoding. Raises ValueError, with the one that was meant where one is near."""
    try:
        known = codecs.lookup(name.strip())._is_text_encoding  # noqa: SLF001 - the only mark of `zip` and `hex`
    except (LookupError, ValueError):
        known = False
    if known:
        return name
    near = get_close_matches(name.lower(), _ENCODINGS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(_ENCODINGS)}"
    raise ValueError(f"{name!r} is no encoding; {hint}")
