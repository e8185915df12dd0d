"""An alert version as one desk reads it. Pure: the same alert, desk and rulebook give the same message."""

from dataclasses import replace

from warning.channels.message import Headings, Message, ShownFigure
from warning.channels.naming import Naming, naming
from warning.channels.plain import plain
from warning.channels.render_disputes import dispute_fields
from warning.channels.render_exposure import assistance, shown_figures
from warning.channels.render_facts import changes, context, evidence_line, fields, sources
from warning.channels.render_lead import lead, next_step, subject_line, title_line
from warning.channels.render_recalled import render_recalled
from warning.channels.render_why import reasons
from warning.channels.when import moment
from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.exposure_release import PUBLIC, Audience
from warning.core.handling import narrowest
from warning.core.rulebook import Rulebook
from warning.core.shares import Share


def render(
    alert: Alert,
    desk: Desk,
    book: Rulebook,
    *,
    root: Alert | None = None,
    reminder: int = 0,
    share: Share | None = None,
    audience: Audience = PUBLIC,
) -> Message:
    """Return the message for `desk`. `root` is the alert's first version, from which the subject is taken.

    `audience` is who reads it by which way: figures of rules/exposure with a marking of their own show as far as it
    may see them, and raise the marking of the message. By default it sees those for everybody only.

    `reminder` counts the times the desk is told of this again because nobody has acknowledged it. `share` is set
    when another desk gave it this version.
    """
    words = naming(desk.language, book)
    if alert.is_recalled:
        return render_recalled(alert, desk, words)
    figures = shown_figures(alert, words, audience)
    alert = _raised(alert, figures)
    changed = changes(alert, words, desk)
    updated = _updated(alert, words, desk)
    situation = plain(lead(alert, words, desk.country), 700)
    reminded = words.say("reminder.line", count=reminder) if reminder else ""
    shared = _shared(share, words)
    first = tuple(said for said in (shared, reminded) if said)
    opening = plain(_opening((*first, *changed), situation, words), 900)
    level = words.level(alert.severity_for(desk.country))
    return Message(
        alert_key=alert.key,
        version=alert.version,
        desk_id=desk.id,
        desk_title=plain(desk.called(words.language), 120),
        language=words.language,
        marking=alert.marking,
        release_to=alert.release_to,
        severity=alert.severity_for(desk.country),
        updated_at=alert.updated_at,
        level=level,
        subject=_subject(alert, root, words),
        title=title_line(alert, words, desk.country),
        lead=opening,
        situation=situation,
        preheader=plain(
            words.say("mail.preheader", level=level, country=words.state_said(desk.country), lead=opening),
            240,
        ),
        updated=updated,
        alert=alert,
        reminder=reminded,
        shared=shared,
        changes=changed,
        fields=fields(alert, words, desk, audience),
        why=reasons(alert, words),
        evidence=evidence_line(alert, words),
        sources=sources(alert, words, desk),
        next_step=plain(next_step(alert, words), 400),
        context=context(alert, words, desk),
        footer=words.say("mail.footer", desk=plain(desk.called(words.language), 120)),
        headings=_headings(alert, words),
        disputes=dispute_fields(alert, words),
        assistance=assistance(alert, words, desk.country, audience),
        figures=figures,
    )


def _raised(alert: Alert, figures: tuple[ShownFigure, ...]) -> Alert:
    """The message as a whole is marked like the most restricted thing in it."""
    bounds = [(figure.marking, figure.release_to) for figure in figures]
    marking, release_to = narrowest(alert.marking, alert.release_to, bounds)
    return replace(alert, marking=marking, release_to=release_to)


def _subject(alert: Alert, root: Alert | None, words: Naming) -> str:
    """The first version's name under today's marking: a marking that rose must never be understated."""
    if root is None:
        return subject_line(alert, words)
    said = subject_line(root, words)
    return said.replace(f"[TLP:{root.marking.value}]", f"[TLP:{alert.marking.value}]", 1)


def _shared(share: Share | None, words: Naming) -> str:
    """Say which desk gave it, who there, and why in that person's own words."""
    if share is None:
        return ""
    known = next((desk for desk in words.book.desks if desk.id == share.from_desk), None)
    giver = known.called(words.language) if known else share.from_desk
    said = words.say(
        "shared.line_two" if share.confirmed_by else "shared.line",
        desk=plain(giver, 120),
        person=named(share.actor),
        second=named(share.confirmed_by),
        reason=plain(share.reason, 300),
    )
    return plain(said, 600)


def named(actor: str) -> str:
    """Return how a person is called: an account's own id ("slack:U0123 kim") is for the record, not for reading."""
    account, _, name = actor.partition(" ")
    return plain(name.strip() if account.startswith("slack:") and name.strip() else actor, 80)


def _opening(changed: tuple[str, ...], said: str, words: Naming) -> str:
    separator = "" if words.language == "ja" else " "
    return separator.join([*(_ended(text, words) for text in changed), said])


def _ended(text: str, words: Naming) -> str:
    return text if text[-1:] in ".。!?" else text + words.say("join.stop")


def _updated(alert: Alert, words: Naming, desk: Desk) -> str:
    time = moment(alert.updated_at, words.language, desk.timezone)
    return words.say(
        "change.updated" if alert.version > 1 else "mail.version", version=alert.version, time=time
    )


def _headings(alert: Alert, words: Naming) -> Headings:
    return Headings(
        fields=words.say("heading.fields"),
        why=words.say("heading.why"),
        evidence=words.say("heading.evidence"),
        changes=words.say("heading.changes", version=alert.version),
        next_step=words.say("heading.next"),
        colon=words.say("join.colon"),
    )
