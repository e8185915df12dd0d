"""Korean numerals as they stand before what is counted: 세 곳, 열두 개사, 스물한 곳."""

_ONES = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_TENS = {"열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50}
_ONLY = {"스무": 20}
# A pattern of every numeral from two on: one alone counts nothing.
NUMERALS = rf"(?:(?:{'|'.join(_TENS)})(?:{'|'.join(_ONES)})?|{'|'.join(_ONLY)}|{'|'.join(one for one in _ONES if _ONES[one] > 1)})"


def native_number_of(written: str) -> int:
    """13 of 열세, 20 of 스무; from 1 to 59, 0 for what is no such numeral."""
    if written in _ONLY:
        return _ONLY[written]
    tens = next((word for word in _TENS if written.startswith(word)), "")
    ones = written.removeprefix(tens)
    if not written or (ones and ones not in _ONES):
        return 0
    return _TENS.get(tens, 0) + _ONES.get(ones, 0)
