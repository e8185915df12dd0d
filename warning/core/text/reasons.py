"""Why a rule fired, in words: what was found, where, in the original language."""

from warning.core.signals import Reason
from warning.core.text.conditions import Verdict
from warning.core.text.reading import Reading

_LONGEST_QUOTE = 240


def reasons_of(verdict: Verdict, reading: Reading) -> tuple[Reason, ...]:
    """Return one reason for each stretch that met the rule, then one for each single term, at most six."""
    reasons: dict[str, Reason] = {}
    for event in verdict.events:
        words = " + ".join(dict.fromkeys(reading.words(hit) for hit in sorted(event, key=lambda h: h.start)))
        quote = _quoted(reading.quoted(reading.sentence_of(event[0])))
        field = reading.field_of(event[0])
        text = f"{field}: found {words} in “{quote}”"
        params = (("field", field), ("words", words), ("sentence", quote))
        reasons.setdefault(text, Reason(code="text.sentence", text=text, params=params))
    for hit in verdict.hits:
        words, field = reading.words(hit), reading.field_of(hit)
        text = f"{field}: found {words}"
        reasons.setdefault(
            text, Reason(code="text.term", text=text, params=(("field", field), ("words", words)))
        )
    return tuple(reasons.values())[:6]


def _quoted(sentence: str) -> str:
    flat = " ".join(sentence.split())
    return flat if len(flat) <= _LONGEST_QUOTE else flat[: _LONGEST_QUOTE - 1] + "…"
