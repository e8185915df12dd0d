"""A version that takes back what a place was shown, and says nothing of what that was."""

from warning.channels.message import Headings, Message
from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.channels.render_facts import release_said
from warning.channels.when import day, moment
from warning.core.alerts import Alert
from warning.core.desks import Desk


def render_recalled(alert: Alert, desk: Desk, words: Naming) -> Message:
    """Return the message for `desk`. `alert` is a recalled one (core/recalls.py): it holds no word of what was told."""
    level = words.say("recalled.level")
    what = words.say("recalled.what", key=alert.key, day=day(alert.opened_at.date(), words.language))
    title = words.say("title.recalled", marking=alert.marking.value, level=level, what=what)
    lead = words.say("recalled.lead")
    return Message(
        alert_key=alert.key,
        version=alert.version,
        desk_id=desk.id,
        desk_title=plain(desk.called(words.language), 120),
        language=words.language,
        marking=alert.marking,
        release_to=alert.release_to,
        severity=alert.severity,
        updated_at=alert.updated_at,
        level=level,
        subject=title,
        title=title,
        lead=lead,
        situation=lead,
        preheader=lead,
        updated=words.say(
            "change.updated",
            version=alert.version,
            time=moment(alert.updated_at, words.language, desk.timezone),
        ),
        changes=(),
        fields=(),
        why=(),
        evidence=words.say("recalled.evidence"),
        sources=(),
        next_step=words.say("recalled.next"),
        context=(
            words.say("context.marking", marking=alert.marking.value),
            release_said(alert.release_to, words),
            words.say("context.alert", key=alert.key, version=alert.version),
        ),
        footer=words.say("mail.footer", desk=plain(desk.called(words.language), 120)),
        headings=Headings(
            fields=words.say("heading.fields"),
            why=words.say("heading.why"),
            evidence=words.say("heading.evidence"),
            changes=words.say("heading.changes", version=alert.version),
            next_step=words.say("heading.next"),
            colon=words.say("join.colon"),
        ),
        alert=alert,
    )
