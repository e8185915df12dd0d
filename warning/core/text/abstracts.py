"""Which way an official abstract moves what its title only names: "Revisions to the Entity List" that removes, a duty reduced by half.

Words are read against what they govern: a list, a licence policy, a duty, an exception, a date. What the same abstract tightens
wins, so that an act that adds and removes is tightening, and a title that states additions or an expansion is never eased by it.
What the law says in any case, what is expressly not done and what under way may go ahead counts for nothing. Read are the first
`_READ` characters, whichever sentence: the time is bounded.
"""

import re
from functools import lru_cache

from warning.core.text.reading import Reading
from warning.core.vocabulary import Direction

_READ = 1500
_GAP = r"[^.;:]{0,90}?\b"
_FIRMS = r"(?:entit(?:y|ies)|persons?|compan(?:y|ies)|firms?|parties|eccns?|classification numbers?)\b"
_LISTS = r"(?:Entity|Unverified|MEU|Military End[- ]User|Covered|SDN|1260H)(?: Companies)? List\b|list of (?:\w+ ){0,2}military companies\b"
_LICENSE = r"licen[cs]e requirements?"
_LIMITS = r"(?:restrict\w*|limit\w*|requirements?|controls?|prohibit\w*|prohibitions?)\b"
_DUTY = r"(?:dut(?:y|ies)|tariffs?|fees?(?! for))\b"
_WAIVED = r"licen[cs]e exceptions?|exclusions?|temporary general licen[cs]es?"
_FREES = r"(?:authoriz|allow|releas|permit)(?:es?|s|ing)?"
_STOPS = r"(?:suspend|delay|postpon|paus|stay)(?:e?s|ing|ed)?"
_EASES = re.compile(
    rf"\b(?:remov(?:es?|ing|al of)|delet(?:es?|ing|ion of))(?:(?!\b(?:address|alias|duplicate|eligible|exceptions?|so that)|[.;:]).){{0,90}}?\b(?:{_LISTS}|{_LICENSE}|subject to)"
    rf"|\b(?:are|is|be|being) removed from the (?:{_LISTS})"
    r"|\bremoves (?:\w+ ){1,3}(?:persons?|entit(?:y|ies))\b"
    r"|\bno longer (?:requires?|needs?|(?:be |are |is )?subject to)\b"
    r"|\bfrom (?:a )?(?:presumption|policy) of denial to\b|\bin place of a (?:presumption|policy) of denial\b"
    r"|\bwere\b[^.;:]{0,30}?\b(?:presumption|policy) of denial\b[^.;:]{0,60}?\bcase[- ]by[- ]case\b"
    rf"|\b{_FREES}\b{_GAP}without a licen[cs]e\b"
    rf"|\b(?:add|creat|extend|expand|issu|broaden)(?:s|es?|ing)? (?!(?:[^.;:]{{0,60}}? )?(?:to|for) )(?:(?!\b{_LIMITS})[^.;:]){{0,40}}?\b(?:{_WAIVED})"
    r"|\badd(?:s|ing)? (?:an? |one |new )*licen[cs]e exceptions? for (?:spare|replacement|repairs?|servicing|maintenance)\b"
    rf"|\bextend(?:s|ing)?\b(?:(?!\b{_LIMITS})[^.;:]){{0,40}}?\b(?:{_WAIVED})"
    rf"|\b(?:reduc(?:es?|ing)|lower(?:s|ing|ed)|halv(?:es?|ing)){_GAP}{_DUTY}"
    rf"|\b(?:{_STOPS}){_GAP}(?:action|rule|{_DUTY}|effective date|compliance date|increase)"
    r"|\b(?:reinstat|restor)(?:es?|ing)\b[^.;:]{0,60}?\bauthorizations?\b|\baction is suspended\b|\bincrease the de minimis level\b",
    re.IGNORECASE,
)
_TIGHTENS = re.compile(
    rf"\b(?:add(?:s|ing)?)\b(?! a (?:new )?(?:temporary|licen[cs]e exception))(?:(?!\b(?:without|exceptions?)\b)[^.;:]){{0,60}}?\b{_FIRMS}"
    rf"|\b(?:lists|listing|to list|plac(?:es?|ing)|designat(?:es?|ing))\b (?:[\w-]+ ){{0,4}}{_FIRMS}"
    rf"|(?<!not )\bimpos(?:es?|ing)\b{_GAP}(?:licen[cs]e|licensing|controls?|{_DUTY})"
    r"|(?<!longer )(?<!not )\brequir(?:es?|ing) (?:an? )?(?:export )?licen[cs]es?\b|\bto control\b"
    r"|\b(?:expand|tighten|broaden|strengthen)(?:s|ing)?\b[^.;:]{0,40}?\bcontrols\b"
    rf"|\b(?:add|extend|expand|tighten)(?:s|ing)?\b[^.;:]{{0,30}}?\b(?:restrictions|limit(?:s|ations)|prohibitions?) on\b"
    r"|\bclos(?:es?|ing)\b[^.;:]{0,40}?\b(?:loophole|gap)|\bno longer\b[^.;:]{0,60}?\bwithout a licen[cs]e\b"
    rf"|(?<!postpone the )(?<!delay the )(?<!delaying the )(?<!delays the )\bincreas(?:es?|ing)\b[^.;:]{{0,40}}?\b{_DUTY}"
    r"|(?<!subject )\bto a (?:presumption|policy) of denial\b"
    r"|\b(?:narrow(?:s|ing)?|remov(?:es?|ing)|restrict(?:s|ing)?|revok(?:es?|ing))\b[^.;:]{0,40}?\b(?:licen[cs]e exceptions?|authorizations?|exclusions?)\b"
    r"|\bremov(?:es?|ing)\b[^.;:]{0,60}?\beligible\b",
    re.IGNORECASE,
)
# What the law says in any case, what is expressly not done, what under way may still go ahead, and the rule that is put off.
_NOT_DONE = re.compile(
    r"(?:(?<=\. )|^)(?:The (?:EAR|Entity List|Export Administration Regulations(?: \(EAR\))?)|Currently,)[^.]*"
    r"|(?:(?<=\. )|^)[^.]*?\b(?:en route|savings clause|existing contracts|wind[- ]down|in transit)\b[^.]*"
    r"|\b(?:do|does|did) not (?:add|list|impose)\b[^.;:]*|\badds? no\b[^.;:]*"
    rf"|(?P<kept>\b{_STOPS}\b[^.;:]{{0,90}}?\brule )(?:that|which|requiring)\b[^.;]*",
    re.IGNORECASE,
)
# Titles that state a tightening themselves: nothing that the same document also eases takes it back.
_STATED = re.compile(
    r"^(?:entity list )?(?:additions?|imposition|expansion)\b|\b(?:additions?|imposition) (?:of|to)\b|\b(?<!relaxation of )restrictions on licen[cs]e exceptions\b",
    re.IGNORECASE,
)
# Titles of orders that name only what they are about; what they answer may say more.
_MODIFIES = re.compile(r"^(?:further )?modifying\b", re.IGNORECASE)
_BY_AGREEMENT = re.compile(
    r"\breflect (?:an? |the )?(?:ongoing |economic (?:and trade )?|trade )*(?:discussions|arrangement|agreement)"
    r"|\b(?:pursuant to|consistent with|under|in accordance with|implement(?:s|ing)?) (?:an? |the )?(?:[\w-]+ ){0,5}(?:arrangement|agreement|framework|truce|consensus)\b|\bdeal\b",
    re.IGNORECASE,
)
_BY_RETALIATION = re.compile(r"\bretaliation\b", re.IGNORECASE)


def moved_by_abstract(reading: Reading) -> Direction | None:
    """The direction that an official English notice states in its abstract, or leaves open in its title; None where it says nothing of either."""
    item = reading.item
    if item.kind != "regulatory" or item.language != "en":
        return None
    return _moved(reading.title, reading.item.summary[:_READ])


@lru_cache(maxsize=256)
def _moved(title: str, summary: str) -> Direction | None:
    done = _NOT_DONE.sub(r"\g<kept> ", summary)
    if _TIGHTENS.search(done):
        return "tightening"
    if _EASES.search(done):
        return None if _STATED.search(title) else "easing"
    if not _MODIFIES.search(title) or _BY_RETALIATION.search(title):
        return None
    return "easing" if _BY_AGREEMENT.search(title) else "neutral"
