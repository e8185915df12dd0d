"""One line on a message: who at the desk has taken it on, or closed it."""

from warning.channels.plain import plain
from warning.channels.render import named
from warning.channels.when import moment
from warning.channels.words import words_for
from warning.core.desks import Desk
from warning.core.review import NEEDS_A_LOOK, Review


def standing_line(review: Review, desk: Desk) -> str:
    """Return the line in the desk's language, "" while nobody of the desk has it in hand.

    It names people of the desk alone, and gives no reasons: those stand in the thread and in the record.
    """
    if review.state in NEEDS_A_LOOK or review.since is None:
        return ""
    words = words_for(desk.language)
    said = words.say(
        f"standing.{review.state}",
        person=named(review.actor),
        desk=plain(desk.called(words.language), 80),
        time=moment(review.since, words.language, desk.timezone),
        until=moment(review.until, words.language, desk.timezone) if review.until else "",
        verdict=words.say(f"verdict.{review.verdict}") if review.verdict else "",
    )
    return plain(said, 300)
