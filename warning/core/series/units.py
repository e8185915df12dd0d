"""What sources call their units, and what a figure in one unit is in another: a new spelling is no new series."""

from functools import lru_cache

QUOTED = frozenset({"price", "unit_value", "index"})
# How sources write that a figure of money is counted in whole money.
NO_UNIT = frozenset({"1", "-", ""})
MASS_KG = {
    "kg": 1.0,
    "kilogram": 1.0,
    "t": 1000.0,
    "tonne": 1000.0,
    "tonnes": 1000.0,
    "mt": 1000.0,
    "g": 0.001,
    # UN/ECE Recommendation 20 and what customs and trade ministries print.
    **dict.fromkeys(("kgs", "kgm", "kilograms", "kilogramme", "kilogrammes", "kilo", "kilos"), 1.0),
    **dict.fromkeys(("千克", "公斤", "キログラム", "킬로그램"), 1.0),
    **dict.fromkeys(("tne", "metric ton", "metric tons", "吨", "公吨", "噸", "公噸", "トン", "톤"), 1000.0),
    **dict.fromkeys(("gram", "grams", "grm", "克", "グラム", "그램"), 0.001),
}
# What quotes are for besides: pounds and troy ounces.
SOLD_BY_KG = {**MASS_KG, "lb": 0.45359237, "lbs": 0.45359237, "oz": 0.0311034768}
_MONEY = {
    "USD": (
        "usd",
        "us$",
        "$",
        "us dollar",
        "us dollars",
        "u.s. dollars",
        "dollars",
        "美元",
        "美金",
        "米ドル",
        "ドル",
        "달러",
        "미달러",
    ),
    "CNY": ("cny", "rmb", "yuan", "人民币", "元", "人民元", "위안"),
    "JPY": ("jpy", "yen", "日元", "円", "엔"),
    "KRW": ("krw", "won", "₩", "韩元", "ウォン", "원"),
    "EUR": ("eur", "€", "euro", "euros", "欧元", "ユーロ", "유로"),
}
_ISO_4217 = (
    "AED ARS AUD BDT BHD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP GHS HKD HUF IDR ILS INR IQD IRR JOD JPY KES KRW KWD KZT"
    " LKR MAD MMK MNT MOP MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD TZS UAH USD UZS VND XAF XDR"
    " XOF ZAR ZMW ZWG"
)
_CODES = frozenset(_ISO_4217.split())
_CURRENCY = {name: code for code, names in _MONEY.items() for name in names}
_PIECES = frozenset(
    {
        "items",
        "item",
        "pieces",
        "piece",
        "pcs",
        "number",
        "number of items",
        "u",
        "no",
        "nmb",
        "个",
        "個",
        "개",
    }
)
MULTIPLES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "1000": 1e3,
    "1,000": 1e3,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "億": 1e8,
    "亿": 1e8,
    "十億": 1e9,
    "천": 1e3,
    "만": 1e4,
    "백만": 1e6,
    "억": 1e8,
}
_LONGEST_FIRST = sorted(MULTIPLES, key=len, reverse=True)


@lru_cache(maxsize=10_000)
def in_units(written: str) -> tuple[float, str]:
    """Return how many of a unit one of what is written is, and the unit: kg, a currency's code, items, or as written."""
    unit = " ".join(written.split())
    known = _known(unit.casefold())
    if known:
        return known
    for word in _LONGEST_FIRST:
        for rest in _without(unit.casefold(), word):
            counted = _known(rest)
            if counted:
                return MULTIPLES[word] * counted[0], counted[1]
    head, _, rest = unit.partition(" ")
    return (MULTIPLES[head.casefold()], rest) if rest and head.casefold() in MULTIPLES else (1.0, unit)


def _known(folded: str) -> tuple[float, str] | None:
    if folded in MASS_KG:
        return MASS_KG[folded], "kg"
    if folded in _CURRENCY:
        return 1.0, _CURRENCY[folded]
    return (1.0, "items") if folded in _PIECES else None


def _without(folded: str, multiple: str) -> list[str]:
    """Return what a multiple counts, where it stands before or behind it: thousand USD, USD thousand, 千美元."""
    if multiple[0].isascii():
        before, behind = f"{multiple} ", f" {multiple}"
    else:
        before, behind = multiple, multiple
    rests = [folded.removeprefix(before)] if folded.startswith(before) else []
    return [
        rest.strip() for rest in [*rests, *([folded.removesuffix(behind)] if folded.endswith(behind) else [])]
    ]


@lru_cache(maxsize=10_000)
def factor_between(
    unit: str, currency: str | None, other: str, other_currency: str | None, *, is_quote: bool
) -> float:
    """Return what a figure of `unit` is multiplied by to stand beside figures of `other`; NaN where nothing does it.

    Quotes come out per what the other is sold by, everything else in kilograms, whole money or the unit itself. Money
    whose currency a source does not name is taken for that of the others.
    """
    measured = _quoted if is_quote else _counted
    (factor, what, money), (other_factor, other_what, other_money) = (
        measured(unit, currency),
        measured(other, other_currency),
    )
    if what != other_what or (money and other_money and money != other_money):
        return float("nan")
    return other_factor / factor if is_quote else factor


def _counted(unit: str, currency: str | None) -> tuple[float, str, str | None]:
    factor, what = in_units(unit)
    code = money_of(currency) or (currency or "").strip().upper() or None
    if what in _MONEY:
        return factor, "money", code or what
    if what in NO_UNIT or (code and what.upper() == code):
        return factor, "money", code
    return factor, what.casefold(), code


def _quoted(unit: str, currency: str | None) -> tuple[float, str, str | None]:
    folded = "/".join(" ".join(part.split()) for part in unit.casefold().split("/"))
    paid, slash, sold = folded.partition("/")
    code = money_of(currency) or (currency or "").strip().upper() or None
    if slash and not money_of(paid):  # cents, an index of something
        return 1.0, folded, code
    paid_in = money_of(paid) if slash else None
    if code and paid_in and code != paid_in:  # two currencies for one price: only the same words are the same
        return 1.0, folded, code
    sold = sold if slash else paid
    mass = SOLD_BY_KG.get(sold)
    return (mass or 1.0), ("mass" if mass else sold), code or paid_in


def money_of(written: str | None) -> str | None:
    """Return the currency's code; None where nothing or no currency is written."""
    folded = " ".join((written or "").split()).casefold()
    return _CURRENCY.get(folded) or (folded.upper() if folded.upper() in _CODES else None)
