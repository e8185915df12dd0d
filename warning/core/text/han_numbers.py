"""Numbers written out in Han numerals, as gazettes of China and Japan print them: 二〇二五, 二十八, 七百九十二."""

# One numeral of a place, then those that count tens, hundreds, thousands.
DIGITS = "〇○零一二三四五六七八九"
UNITS = "十百千"
NUMERALS = DIGITS + UNITS
_VALUES = {sign: max(0, place - 2) for place, sign in enumerate(DIGITS)}
_WORTH = {"十": 10, "百": 100, "千": 1000}


def number_of(written: str) -> int:
    """58 of 五十八, 五八, 58 or ５８; counting up to 9,999. Raises ValueError for anything else."""
    if written.isdecimal():
        return int(written)
    if not set(UNITS) & set(written):
        return int("".join(sign if sign.isdecimal() else str(_value(sign)) for sign in written))
    total, digit = 0, 0
    for sign in written:
        if sign in _WORTH:
            total += (digit or 1) * _WORTH[sign]
            digit = 0
        else:
            digit = int(sign) if sign.isdecimal() else _value(sign)
    return total + digit


def _value(sign: str) -> int:
    try:
        return _VALUES[sign]
    except KeyError:
        raise ValueError(f"{sign} is no numeral") from None
