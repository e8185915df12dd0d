"""That a piece of evidence was taken back, or stands again: evidence like any other, so that a replay knows it too."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from warning.core.ids import content_id
from warning.core.terms import Language

WithdrawalAction = Literal["withdrawn", "restored"]
PUBLISHER = "publisher"
_OPEN, _CLOSE = r"[\[【（(「《<]", r"[\]】）)」》>]"
_RETRACTED = (
    r"retract(?:ed|ion)|withdrawn|(?:story|article|item) withdrawn|撤稿|撤回|已删除|取り?消し|記事取消|撤回"
    r"|삭제|기사\s?삭제|기사\s?취소|철회|취소"
)
_CORRECTED = r"correct(?:ed|ion)s?|corrigendum|更正|订正|勘误|訂正|정정|바로\s?잡습니다"


def _heads(words: str) -> re.Pattern[str]:
    """A mark before a headline: in brackets, or parted from it by a colon or a dash."""
    return re.compile(
        rf"^\s*(?:{_OPEN}\s*(?:{words})\s*(?:稿|报道|記事|보도|기사)?\s*{_CLOSE}|(?:{words})\s*(?:[:：|–—]|-\s*))\s*",
        re.IGNORECASE,
    )


_RETRACTION_HEAD, _CORRECTION_HEAD = _heads(_RETRACTED), _heads(_CORRECTED)
_SAID_SO = re.compile(
    r"this (?:article|story|report|item|document|notice|page) (?:has been|was) (?:withdrawn|retracted|removed|deleted)"
    r"|(?:本文|该文|此稿|本稿|该稿)(?:件)?已(?:被)?(?:作者|本网|本社)?(?:撤回|撤稿|删除|撤销)"
    r"|この(?:記事|文書|ページ)は(?:取り?消|撤回|削除)(?:し|さ)"
    r"|(?:이|해당) (?:기사|문서|게시물)(?:은|는|가) (?:삭제|철회|취소)(?:되었|됐|됨)",
    re.IGNORECASE,
)
OPENING = 400
RETRACTION_WORDS: Mapping[Language, tuple[str, ...]] = {
    "en": ("retracted", "retraction", "withdrawn", "removed", "deleted"),
    "zh": ("撤稿", "撤回", "删除", "撤销"),
    "ja": ("取消", "取り消", "撤回", "削除"),
    "ko": ("삭제", "취소", "철회"),
}
"""By language, words of which every retraction holds at least one: texts without any need not be read for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """`evidence_id` names what is meant, `actor` who says so: a person, or `PUBLISHER`."""

    id: str
    evidence_id: str
    source_id: str
    action: WithdrawalAction
    reason: str
    actor: str
    known_at: datetime


def withdrawal_id(evidence_id: str, action: str, known_at: datetime) -> str:
    """Return the identity of a withdrawal: one act about one piece of evidence at one instant."""
    return content_id("w", evidence_id, action, known_at.isoformat())


def is_retraction(title: str, text: str = "") -> bool:
    """Whether a publisher says that this is taken back: a mark before the headline, or a sentence at the opening."""
    return bool(_RETRACTION_HEAD.match(title)) or bool(_SAID_SO.search(f"{title}\n{text[:OPENING]}"))


def is_correction(title: str) -> bool:
    """Whether a headline is marked as the correction of an earlier one."""
    return bool(_CORRECTION_HEAD.match(title))


def headline(title: str) -> str:
    """Return what a headline says apart from its mark and its punctuation, for comparing."""
    bare = _CORRECTION_HEAD.sub("", _RETRACTION_HEAD.sub("", title))
    return "".join(letter for letter in bare.casefold() if letter.isalnum())


def standing_withdrawals(
    known: Iterable[Withdrawal], further: Iterable[Withdrawal]
) -> tuple[Withdrawal, ...]:
    """Return what is withdrawn, by evidence, after further acts: the last word on each counts, in whatever order they come.

    What a person took back only a person restores.
    """
    last: dict[str, Withdrawal] = {}
    for act in sorted((*known, *further), key=lambda w: (w.known_at, w.action, w.id)):
        before = last.get(act.evidence_id)
        by_person = before is not None and before.action == "withdrawn" and before.actor != PUBLISHER
        if not (by_person and act.actor == PUBLISHER):
            last[act.evidence_id] = act
    return tuple(sorted(_withdrawn(last), key=lambda w: w.evidence_id))


def _withdrawn(last: Mapping[str, Withdrawal]) -> Iterable[Withdrawal]:
    return (act for act in last.values() if act.action == "withdrawn")
