"""The look at a rendered message for figures of rules/exposure that its reader may not see."""

from collections.abc import Iterator

from warning.channels.message import Message
from warning.channels.naming import Naming, naming
from warning.channels.plain import plain
from warning.channels.render_exposure import cover_text
from warning.core.exposure import Cover
from warning.core.exposure_release import Audience, Hidden, may_see, restricted_figures
from warning.core.rulebook import Rulebook


def figure_refusal(message: Message, book: Rulebook, audience: Audience) -> tuple[str, str] | None:
    """Return why the message may not leave: a figure hidden from this reader stands in it. None when none does.

    It reads the words we wrote, not the evidence: a headline may name a firm of the list by itself. A figure counts
    as shown where the name of its country and its number of days, or the name of the firm, stand in one text.
    """
    words = naming(message.language, book)
    visible = [h for h in restricted_figures(book) if may_see(h.figure, h.owner, audience)]
    texts = [_without(text, visible, words) for text in _ours(message)]
    for hidden in restricted_figures(book):
        if may_see(hidden.figure, hidden.owner, audience):
            continue
        if any(_tells(text, hidden, words) for text in texts):
            kind = "days of cover" if isinstance(hidden.figure, Cover) else "a firm"
            return (
                "figure_not_released",
                f"{kind} of {hidden.owner} ({hidden.material}) stands in the message",
            )
    return None


def _ours(message: Message) -> Iterator[str]:
    """Each text with the name of whose figures stand in it: the label of a row, else the reader's own country."""
    yield message.lead
    yield message.situation
    yield message.preheader
    yield message.next_step
    for row in (*message.fields, *message.assistance):
        yield f"{row.label}: {row.value}"


def _without(text: str, visible: list[Hidden], words: Naming) -> str:
    """The text less what the reader may see: two countries may hold the same number of days."""
    for one in visible:
        if isinstance(one.figure, Cover):
            text = text.replace(plain(cover_text(one.figure, one.owner, words), 400), "")
            reported = words.say("exposure.cover", days=one.figure.days)
            if words.state_said(one.owner) in text:
                text = text.replace(reported, "", 1)
    return text


def _tells(text: str, hidden: Hidden, words: Naming) -> bool:
    if isinstance(hidden.figure, Cover):
        said = words.say("exposure.cover", days=hidden.figure.days)
        return said in text and words.state(hidden.owner) in text
    return hidden.figure.name in text
