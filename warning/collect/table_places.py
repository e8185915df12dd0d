"""Names and codes of countries -> ISO 3166 alpha-2, WLD for the world, EU for the Union, '' for anything else."""

import re
from collections.abc import Mapping
from functools import cache

from warning.collect.table_place_names import EUROPEAN_UNION, PLACES, WORLD

_APOSTROPHES = re.compile("[’'`´‘]")
_APART = re.compile(r"[\s.,()\[\]:;_*-]+")
_WORLD_TOTAL = re.compile(r"^(?:world|all countr|grand total|total)\b.*\b(?:total|world|rounded|countries)\b")


def place_code(written: str, own: Mapping[str, str] | None = None) -> str:
    """Return the code of a country as a publisher writes it; the source's `own` names come first.

    Regions, "not elsewhere specified" and bunkers are no countries: they give ''.
    """
    text = written.strip()
    if own and (named := own.get(text)):
        return named
    if re.fullmatch(r"\d{1,4}(?:\.0)?", text):
        text = str(int(float(text)))
    plain = _plain(text)
    return _codes().get(plain) or ("WLD" if _WORLD_TOTAL.match(plain) else "")


def _plain(name: str) -> str:
    return _APART.sub(" ", _APOSTROPHES.sub("", name.casefold())).strip()


@cache
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for line in PLACES.splitlines():
        code, numbers, letters, *names = line.split("|")
        for name in (code, *numbers.split(), *letters.split(), *names):
            codes.setdefault(_plain(name), code)
    codes.update({_plain(name): "WLD" for name in WORLD})
    codes.update({_plain(name): "EU" for name in EUROPEAN_UNION})
    codes["uk"] = "GB"
    return codes
