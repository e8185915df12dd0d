"""Dates as publishers write them -> aware UTC, or None.

A date without a zone is read in the publisher's country: 18:30 in a Chinese notice is 10:30 UTC. A day without
an hour is that day's midnight there.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

EARLIEST_YEAR = 1900
FUTURE_DAYS = 2

_ZONES = {
    "CN": "Asia/Shanghai", "TW": "Asia/Taipei", "HK": "Asia/Hong_Kong", "MO": "Asia/Macau", "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul", "KP": "Asia/Pyongyang", "US": "America/New_York", "CA": "America/Toronto",
    "MX": "America/Mexico_City", "BR": "America/Sao_Paulo", "CL": "America/Santiago", "PE": "America/Lima",
    "AR": "America/Argentina/Buenos_Aires", "BO": "America/La_Paz", "GB": "Europe/London", "UK": "Europe/London",
    "IE": "Europe/Dublin", "EU": "Europe/Brussels", "BE": "Europe/Brussels", "DE": "Europe/Berlin",
    "FR": "Europe/Paris", "NL": "Europe/Amsterdam", "IT": "Europe/Rome", "ES": "Europe/Madrid",
    "PL": "Europe/Warsaw", "SE": "Europe/Stockholm", "FI": "Europe/Helsinki", "NO": "Europe/Oslo",
    "CH": "Europe/Zurich", "UA": "Europe/Kyiv", "RU": "Europe/Moscow", "TR": "Europe/Istanbul",
    "IN": "Asia/Kolkata", "ID": "Asia/Jakarta", "MY": "Asia/Kuala_Lumpur", "SG": "Asia/Singapore",
    "PH": "Asia/Manila", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "MM": "Asia/Yangon",
    "MN": "Asia/Ulaanbaatar", "KZ": "Asia/Almaty", "AU": "Australia/Sydney", "NZ": "Pacific/Auckland",
    "ZA": "Africa/Johannesburg", "CD": "Africa/Kinshasa", "GH": "Africa/Accra", "NG": "Africa/Lagos",
    "ZM": "Africa/Lusaka", "ZW": "Africa/Harare", "NA": "Africa/Windhoek", "MA": "Africa/Casablanca",
}  # fmt: skip
# Zone abbreviations in hours from UTC; those that mean two places (CST, IST, BST) are decided by country below.
_NAMED: Mapping[str, float] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "MET": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "ICT": 7,
    "WIB": 7, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "BRT": -3, "CLT": -4,
}  # fmt: skip
# Names that mean one offset in winter and another in summer.
_SEASONAL = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_AMBIGUOUS = {("CST", "CN"): 8.0, ("CST", "TW"): 8.0, ("IST", "IL"): 2.0, ("IST", "IE"): 1.0}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier januar enero", "feb february fevrier février februar febrero",
            "mar march mars marz märz marzo", "apr april avril abril", "may mai mayo", "jun june juin juni junio",
            "jul july juillet juli julio", "aug august aout août agosto", "sep sept september septembre septiembre",
            "oct october octobre oktober octubre", "nov november novembre noviembre",
            "dec december decembre décembre dezember diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988}
_FULLWIDTH = str.maketrans("０１２３４５６７８９：．／－　", "0123456789:./- ")

_CLOCK = (
    r"(?:[T\s,]*(?:(?:at|um)\s+)?(?P<half>上午|下午|午前|午後|오전|오후)?\s*(?P<hour>\d{1,2})\s*(?:[:：]|時|时|點|点|시)\s*"
    r"(?P<minute>\d{1,2})?(?:\s*(?:[:：]|分|분)\s*(?P<second>\d{1,2}))?(?:[.,]\d+)?\s*(?:秒|초|分|분)?"
    r"\s*(?P<ampm>(?i:[ap]\.?m\.?))?\s*(?P<zone>Z\b|[+-]\d{2}:?\d{2}\b|[+-]\d{1,2}\b|(?:GMT|UTC)?\s*[+-]\d{1,2}:?\d{2}|\(?[A-Z]{1,5}\)?)?)?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + _CLOCK, re.IGNORECASE)
_CJK = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]?(?:\s*[(（][^)）]{1,4}[)）])?"
    + _CLOCK
)
_ERA = re.compile(
    r"(?P<era>令和|平成|昭和|\b[RH](?=\d{1,2}[.年]))\s*(?P<era_year>元|\d{1,2})\s*[年.]\s*(?P<month>\d{1,2})\s*[月.]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:\s*[(（][^)）]{1,4}[)）])?" + _CLOCK
)
_DOTTED = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s*[./]\s*(?P<month>\d{1,2})\s*[./]\s*(?P<day>\d{1,2})\.?(?:\s*[(（][^)）]{1,4}[)）])?"
    + _CLOCK
)
_RFC822 = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:de\s+)?(?P<name>[A-Za-zéûäÉ]{3,10})\.?[\s,.-]+(?:de\s+)?(?P<year>\d{4}|\d{2})(?!\d)"
    + _CLOCK
)
_ENGLISH = re.compile(
    r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)" + _CLOCK
)
_ASCTIME = re.compile(
    r"(?P<name>[A-Z][a-z]{2})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s+"
    r"(?P<zone>[A-Z]{3,4}\s+|[+-]\d{4}\s+)?(?P<year>\d{4})"
)
_US_NUMERIC = re.compile(r"(?<!\d)(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<year>\d{4})(?!\d)" + _CLOCK)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?:[T\s]?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?"
    r"(?P<zone>Z)?)?(?!\d)"
)
_MONTH_DAY = re.compile(
    r"(?<!\d)(?:(?P<month>\d{1,2})\s*[月월/.-]\s*(?P<day>\d{1,2})(?!\d)|(?P<name>[A-Z][a-z]{2,8})\.?\s+(?P<day2>\d{1,2})(?!\d)"
    r"|(?P<day3>\d{1,2})\s+(?P<name2>[A-Z][a-z]{2,8}))"
)
_UNIX = re.compile(r"^(\d{10}|\d{13})(?:\.\d+)?$")
_PARTIAL = re.compile(r"^(?P<year>\d{4})(?:-(?P<month>\d{2}))?$")
_IN_URL = re.compile(
    r"(?P<year>20\d{2})[/_-]?(?P<month>0[1-9]|1[0-2])[/_-]?(?P<day>0[1-9]|[12]\d|3[01])(?=\d{0,4}(?!\d))"
)
_SHAPES = (_ISO, _CJK, _ERA, _DOTTED, _RFC822, _ENGLISH, _ASCTIME, _US_NUMERIC, _COMPACT)


def read_time(raw: str, country: str = "") -> datetime | None:
    """Return the first date in `raw` in UTC; None when there is none or it is absurd (before 1900, 31 February)."""
    text = raw[:300].translate(_FULLWIDTH).strip()
    if not text:
        return None
    if unix := _UNIX.match(text):
        seconds = int(unix[1]) / (1000 if len(unix[1]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC)
    for shape in _SHAPES:
        if (match := shape.search(text)) and (moment := _moment(match, country)) is not None:
            return moment
    if partial := _PARTIAL.match(text):
        return _moment(partial, country)
    return None


def read_month_day(raw: str, country: str, near: datetime) -> datetime | None:
    """Return a date written without its year (8月19日, 08-19, Aug 19): the latest such day up to `near`."""
    text = raw[:100].translate(_FULLWIDTH)
    match = _MONTH_DAY.search(text)
    if match is None:
        return None
    month = _MONTHS.get((match["name"] or match["name2"] or "").lower()) or int(match["month"] or 0)
    limit = near + timedelta(days=FUTURE_DAYS)
    for year in (limit.year, limit.year - 1):
        try:
            day = datetime(
                year, month, int(match["day"] or match["day2"] or match["day3"]), tzinfo=zone_of(country)
            )
        except ValueError:
            continue
        if day <= limit:
            return day.astimezone(UTC)
    return None


def date_in_url(url: str, country: str = "") -> datetime | None:
    """Return the day written into an address (/2026/08/20260817001.html, /t20230703_123.html)."""
    path = url.split("?", 1)[0]
    days = [m for m in (_moment(match, country) for match in _IN_URL.finditer(path)) if m is not None]
    return days[-1] if days else None


def zone_of(country: str) -> tzinfo:
    """The zone of a country's ministries (its capital's or main exchange's); UTC when unknown."""
    name = _ZONES.get(country)
    return ZoneInfo(name) if name else UTC


def not_in_future(moment: datetime | None, now: datetime) -> tuple[datetime | None, str]:
    """Clamp a publication time that lies over FUTURE_DAYS ahead to `now`, and say so."""
    if moment is None or moment <= now + timedelta(days=FUTURE_DAYS):
        return moment, ""
    return now, f"dated {moment:%Y-%m-%d}, which lies in the future; the time of fetching stands instead"


def _moment(match: re.Match[str], country: str) -> datetime | None:
    parts = match.groupdict()
    try:
        day = _day(parts, country)
        if day.year < EARLIEST_YEAR:
            return None
        hour, minute, second, next_day = _clock(parts)
        zone = _zone(parts.get("zone"), country)
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return (moment + timedelta(days=next_day)).astimezone(UTC)
    except (ValueError, OverflowError, KeyError):
        return None


def _day(parts: Mapping[str, str | None], country: str) -> date:
    year = _year(parts)
    if parts.get("name"):
        month = _MONTHS[str(parts["name"]).lower()]
    elif parts.get("a"):
        return _numeric_day(year, int(str(parts["a"])), int(str(parts["b"])), country)
    else:
        month = int(parts.get("month") or 1)
    return date(year, month, int(parts.get("day") or 1))


def _year(parts: Mapping[str, str | None]) -> int:
    if era := parts.get("era"):
        written = str(parts["era_year"])
        return _ERAS[era] + (1 if written == "元" else int(written))
    written = str(parts["year"])
    if len(written) == 2:
        return int(written) + (2000 if int(written) < 70 else 1900)
    return int(written)


def _numeric_day(year: int, first: int, second: int, country: str) -> date:
    """08/17/2026 is August in the US; elsewhere the day stands first unless it cannot."""
    month_first = (country in {"US", ""} and first <= 12) or second > 12
    return date(year, first, second) if month_first else date(year, second, first)


def _clock(parts: Mapping[str, str | None]) -> tuple[int, int, int, int]:
    """Hour, minute, second, and 1 when 24:00 means the next day."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("ampm") or "").lower().replace(".", "")
    if half in {"下午", "午後", "오후", "pm"} and hour < 12:
        hour += 12
    elif half in {"上午", "午前", "오전", "am"} and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        return 0, 0, 0, 1
    return hour, minute, min(second, 59), 0


def _zone(written: str | None, country: str) -> tzinfo:
    if not written or not written.strip():
        return zone_of(country)
    name = written.strip().strip("()").upper()
    numeric = re.fullmatch(r"(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})?", name)
    if numeric:
        minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
        return timezone(timedelta(minutes=minutes if numeric[1] == "+" else -minutes))
    if name in _SEASONAL:
        return ZoneInfo(_SEASONAL[name])
    hours = _AMBIGUOUS.get((name, country), _NAMED.get(name))
    return zone_of(country) if hours is None else timezone(timedelta(hours=hours))


def month_number(name: str) -> int:
    """1 to 12 for a month's name or abbreviation in the larger European languages; 0 for anything else."""
    return _MONTHS.get(name.lower().rstrip("."), 0)
