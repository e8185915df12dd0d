"""Goods that a headline names and the act is not about, and one that only its weight tells.

"Lithium and other critical minerals": the class repeats what is named. "Halts gallium sales hours after chip curbs": chips are
what is answered. 요소 1만8천톤: the word is also "element"; tonnes say which.
"""

import re
from collections.abc import Iterable, Mapping

from warning.core.terms import Material
from warning.core.text.reading import Reading

# What joins a class to the goods named before it.
_APPOSED = re.compile(
    r"(?:\band (?:other|similar)\s(?:[\w-]+\s)?|\bsuch\s|等(?:其他)?(?:的)?\s?|(?:など|といった)(?:の)?\s?|\s?등(?:의|\s)?\s?|ほかの?\s?)$",
    re.IGNORECASE,
)
# The clause that tells the other side's act, which this one answers; a clause with a ban of its own is one more act.
_ANSWERED = {
    "en": re.compile(
        r"\b(?:hours |days |weeks )?(?:after|following|in response to|in retaliation for|in answer to)\s.*$",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"^[^，,。]*(?:之后|后)[，,\s]|(?:回应|反制|报复)(?!措施|[^，,。]*?(?:并|而|包括|，)[^，,。]*?(?:禁止|停止|暂停|限制|管制))[^，,。]{2,}$"
    ),
    "ja": re.compile(r"^[^、]*(?:を受け(?:て)?|に対抗し(?:て)?|への(?:対抗|報復)(?:で|として)?)[、\s]"),
    "ko": re.compile(r"^[^,…]*(?:에 맞서|에 대응해?|에 반발해?|보복으로)[,\s…]"),
}
_WEIGHED = {"urea": re.compile(r"요소\s?[\d,.만천백]+\s?(?:톤|t\b|㎏|kg)")}


def apposed_classes(
    found: Iterable[str], reading: Reading, materials: Mapping[str, Material]
) -> frozenset[str]:
    """The words for any mineral at all that only sum up goods named before them, in every place where they stand."""
    named = set(found)
    nameless = {m for m in named if m in materials and materials[m].is_class and not materials[m].parent}
    parents = {known.parent for known in materials.values()}
    return frozenset(m for m in nameless - parents if named - nameless and _is_apposed(reading, m))


def _is_apposed(reading: Reading, material: str) -> bool:
    spans = [reading.span(hit) for hit in reading.hits.get(f"material:{material}", ())]
    titled = [start for start, end in spans if end <= len(reading.title)]
    return bool(titled) and all(
        _APPOSED.search(reading.text[max(0, start - 24) : start]) is not None for start in titled
    )


def answered_goods(title: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where in a headline the act stands that the told one answers."""
    pattern = _ANSWERED.get(language)
    return tuple(found.span() for found in pattern.finditer(title)) if pattern else ()


def weighed_goods(title: str) -> frozenset[str]:
    """The goods that only their weight tells from another meaning of the word."""
    return frozenset(good for good, pattern in _WEIGHED.items() if pattern.search(title))
