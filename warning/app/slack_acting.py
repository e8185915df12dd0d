"""What people do to alerts in Slack: one handler for both ways in, over the use cases that the command line calls."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warning.app.delivered_message import destination_of, payload_refusal
from warning.app.sharing import confirm_share, share_alert
from warning.app.standing import show_standing
from warning.app.system import System
from warning.app.triage import Act, act
from warning.channels.render import named, render
from warning.channels.slack_answers import Answers, Line
from warning.channels.slack_controls import (
    NEEDS_PERSON,
    NEEDS_REASON,
    Filled,
    Pressed,
    actor,
    buttons,
    confirm_button,
    form,
    missing,
    read_interaction,
)
from warning.channels.words import Words, words_for
from warning.core.alerts import Alert
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.release import desk_refusal, release_refusal
from warning.core.review import Action
from warning.core.tearlines import as_seen_by
from warning.errors import ConfigError, DeliveryRefused, EvidenceMissing, ReviewRefused, StoreError

log = logging.getLogger(__name__)

Used = Pressed | Filled


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The delivery that a control stands on, and where its alert stands now as this desk may read it.

    `channel` and `thread` are where the message is; `version` is what the person saw.
    """

    row: OutboxRow
    desk: Desk
    destination: Destination
    alert: Alert
    version: int
    channel: str
    thread: str
    missed: tuple[Alert, ...]

    @property
    def words(self) -> Words:
        return words_for(self.desk.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What follows: a private line, a line for the desk's thread, or a form.

    `changed` names the alert and the desk where somebody took it on or gave it back: the message above shows it.
    """

    private: Line | None = None
    public: Line | None = None
    form: Mapping[str, Any] | None = None
    channel: str = ""
    thread: str = ""
    changed: tuple[str, str] | None = None


class SlackActing:
    """`accept` answers at once; the work runs behind it and ends with an answer in Slack, or in the log."""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._answers = answers
        self._working: set[asyncio.Task[None]] = set()

    def accept(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what Slack is answered within its three seconds: nothing, or what a form lacks."""
        used = read_interaction(payload)
        if used is None:
            return {}
        if isinstance(used, Filled) and (wrong := missing(used)):
            return {"response_action": "errors", "errors": wrong}
        task = asyncio.create_task(self._work(used))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return {}

    async def drain(self, grace_seconds: float) -> None:
        """Let what was accepted end, for so long."""
        if self._working:
            await asyncio.wait(self._working, timeout=grace_seconds)
        for task in tuple(self._working):
            task.cancel()

    async def _work(self, used: Used) -> None:
        try:
            said = await asyncio.to_thread(self._decided, used)
        except Exception as surprise:  # one broken act must not end the listener; the person is told
            log.exception("%s of delivery %s by %s failed", used.control, used.row_id, used.user_id)
            known = surprise.message if isinstance(surprise, StoreError) else ""
            said = _Said(private=_refused(words_for("en"), known, "answer.failed"))
        channel = said.channel or (used.channel if isinstance(used, Pressed) else "")
        if said.form is not None and isinstance(used, Pressed):
            await self._answers.open_form(used.trigger_id, said.form)
        if said.private is not None and channel:
            await self._answers.tell(channel, used.user_id, said.private)
        if said.public is not None and channel and said.thread:
            await self._answers.note(channel, said.thread, said.public)
        if said.changed is not None:
            await show_standing(self._system, *said.changed)

    def _decided(self, used: Used) -> _Said:
        """Do what is asked, or say why not. What is expected to go wrong is an answer, in the desk's language."""
        found = self._case(used)
        if isinstance(found, Line):
            return _Said(private=found)
        channel = found.channel
        if found.missed:
            return _Said(private=self._stale(found), channel=channel)
        if isinstance(used, Pressed) and used.control in NEEDS_REASON | NEEDS_PERSON:
            language = found.desk.language
            others = [
                (desk.id, desk.called(language))
                for desk in self._system.book().desks
                if desk.id != found.desk.id
            ]
            view = form(used, found.alert.key, found.version, others, found.desk.language)
            return _Said(form=view, channel=channel)
        try:
            public = self._done(used, found)
        except (ReviewRefused, EvidenceMissing, ConfigError) as refused:
            return _Said(private=_refused(found.words, refused.message), channel=channel)
        changed = None if used.control in _OF_SHARES else (found.alert.key, found.desk.id)
        return _Said(public=public, channel=channel, thread=found.thread, changed=changed)

    def _case(self, used: Used) -> _Case | Line:
        """Look the delivery up. A control acts for its own desk alone, from its own channel."""
        row = self._system.outbox.row(used.row_id)
        if row is None or row.channel != "slack":
            return Line(texts=(words_for("en").say("answer.unknown"),))
        try:
            desk, destination = destination_of(self._system.book(), row)
        except DeliveryRefused as gone:
            return _refused(words_for("en"), gone.message)
        root = self._system.outbox.root_ref(row.alert_key, row.desk_id, row.channel, row.address) or ""
        channel, _, thread = root.rpartition(":")
        if isinstance(used, Pressed) and used.channel not in {row.address, channel}:
            return Line(texts=(words_for(desk.language).say("answer.elsewhere"),))
        versions = self._system.repository.alert_versions(row.alert_key)
        seen = [as_seen_by(alert, desk) for alert in versions]
        if not seen or desk_refusal(seen[-1], desk) is not None:
            return Line(texts=(words_for(desk.language).say("answer.unknown"),))
        newer = [own for own, whole in zip(seen, versions, strict=True) if whole.version > used.version]
        return _Case(
            row=row,
            desk=desk,
            destination=destination,
            alert=versions[-1],
            version=used.version,
            channel=channel or row.address,
            thread=thread,
            # A version that changed nothing for this desk is no reason to send its people back.
            missed=tuple(own for own in newer if own.differences),
        )

    def _stale(self, case: _Case) -> Line:
        """Refuse, say what changed as far as this channel may carry it, and offer to act on what stands now."""
        book, words, now = self._system.book(), case.words, case.alert.version
        told: list[str] = []
        for own in case.missed:
            message = render(own, case.desk, book)
            if release_refusal(own, case.desk, case.destination) or payload_refusal(
                message, case.desk, case.destination
            ):
                return Line(texts=(words.say("answer.stale_hidden", now=now, version=case.version),))
            told += [f"• {change}" for change in message.changes]
        stale = words.say("answer.stale", now=now, version=case.version)
        again = buttons(case.row.id, now, case.desk.language)
        return Line(texts=(stale, *told, words.say("answer.stale_again", now=now)), blocks=(again,))

    def _done(self, used: Used, case: _Case) -> Line:
        if used.control == "share" and isinstance(used, Filled):
            return self._shared(used, case)
        if used.control == "confirm" and isinstance(used, Pressed):
            return self._confirmed(used, case)
        assignee = f"slack:{used.assignee_id}" if isinstance(used, Filled) and used.assignee_id else ""
        reason = used.reason if isinstance(used, Filled) else ""
        closes = used.control == "false_positive"
        wanted = Act(
            alert_key=case.row.alert_key,
            desk_id=case.desk.id,
            actor=actor(used),
            action="close" if closes else _ACTIONS[used.control],
            reason=reason,
            verdict="false_positive" if closes else None,
            assignee=assignee,
            seen_version=case.alert.version,
        )
        act(self._system.repository, self._system.book(), wanted, self._system.clock)
        called = (used.assignee_id,) if isinstance(used, Filled) and used.assignee_id else ()
        said = case.words.say(
            f"answer.{used.control}",
            person=_person(used),
            version=case.alert.version,
            assignee=f"@{used.assignee_id}" if isinstance(used, Filled) else "",
            reason=reason,
        )
        return Line(texts=(said.strip(),), calls=called)

    def _shared(self, used: Filled, case: _Case) -> Line:
        done = share_alert(
            self._system,
            case.row.alert_key,
            giver=case.desk.id,
            taker=used.desk_id,
            actor=actor(used),
            reason=used.reason,
            seen_version=case.alert.version,
        )
        waits = done.share.shared_at is None
        said = case.words.say(
            "answer.share_asked" if waits else "answer.share",
            person=_person(used),
            version=done.share.alert_version,
            desk=self._title(used.desk_id),
            reason=used.reason,
        )
        ask = confirm_button(case.row.id, case.alert.version, used.desk_id, case.desk.language)
        return Line(texts=(said,), blocks=(ask,) if waits else ())

    def _confirmed(self, used: Pressed, case: _Case) -> Line:
        """Only what this desk asked for: a button of one desk confirms nothing for another."""
        asked = [
            share
            for share in self._system.repository.shares_of(case.row.alert_key)
            if share.to_desk == used.desk_id and share.shared_at is None
        ]
        if not asked or asked[-1].from_desk != case.desk.id:
            raise ReviewRefused(f"nobody at this desk has asked to share it with {used.desk_id}")
        done = confirm_share(self._system, case.row.alert_key, taker=used.desk_id, person=actor(used))
        said = case.words.say(
            "answer.share_confirmed",
            desk=self._title(used.desk_id),
            first=named(done.share.actor),
            person=_person(used),
            version=done.share.alert_version,
        )
        return Line(texts=(said,))

    def _title(self, desk_id: str) -> str:
        return next((desk.title for desk in self._system.book().desks if desk.id == desk_id), desk_id)


_OF_SHARES = {"share", "confirm"}
_ACTIONS: Mapping[str, Action] = {"ack": "ack", "assign": "assign", "escalate": "escalate"}


def _person(used: Used) -> str:
    return used.user_name or used.user_id


def _refused(words: Words, detail: str, otherwise: str = "answer.refused") -> Line:
    return Line(texts=(words.say("answer.refused", detail=detail) if detail else words.say(otherwise),))
