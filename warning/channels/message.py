"""What a desk is to read, in its language, before any channel gives it a form."""

from dataclasses import dataclass
from datetime import date, datetime

from warning.core.alerts import Alert
from warning.core.vocabulary import Marking, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """`is_aside` may be left out where there is no room: what others make of it, and who uses the goods."""

    label: str
    value: str
    is_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One piece of evidence. `title` is the publisher's own, in `language`; `link` is "" or http(s).

    `admiralty` is the Admiralty code: the source's letter, and the digit of its information where somebody gave one.
    """

    title: str
    language: str
    publisher: str
    admiralty: str
    is_doubtful: bool
    notes: tuple[str, ...]
    link: str
    archive_hash: str
    marking: Marking
    release_to: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigure:
    """A figure of rules/exposure that has a marking of its own and stands in the message. None: for everybody."""

    owner: str
    marking: Marking
    release_to: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    fields: str
    why: str
    evidence: str
    changes: str
    next_step: str
    colon: str = ": "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The figures an alert is about by the last day of their period, oldest first. `alt` says in words what they show."""

    title: str
    alt: str
    points: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One alert version as one desk reads it. Every text is one plain line.

    `subject` stays the same over the versions of an alert, so that mail clients thread it; `title` carries the
    level of this version and has fewer than 80 characters. `lead` says what changed and why it matters to this
    desk; `situation` is the same without what this version changed, for forms that list `changes` beside it.
    `changes` is empty on the first version. `context` starts with the marking. `reminder` is set when the desk is
    told of this version again because nobody there has acknowledged it, `shared` when another desk gave it, `standing`
    when somebody of the desk has taken it on or closed it. `mention`
    lists who is to be called, as the channel names people. `alert` is the version as this desk may read it: what a
    program on the other side gets. `disputes` are those of `fields` on which sources contradict each other, `assistance` those on other suppliers, allies and
    substitutes. `figures` are those it shows that have a marking of their own: they have raised that of the message.
    """

    alert_key: str
    version: int
    desk_id: str
    desk_title: str
    language: str
    marking: Marking
    release_to: frozenset[str] | None
    severity: Severity
    updated_at: datetime
    level: str
    subject: str
    title: str
    lead: str
    situation: str
    preheader: str
    updated: str
    changes: tuple[str, ...]
    fields: tuple[Labelled, ...]
    why: tuple[str, ...]
    evidence: str
    sources: tuple[Source, ...]
    next_step: str
    context: tuple[str, ...]
    footer: str
    headings: Headings
    alert: Alert
    reminder: str = ""
    shared: str = ""
    standing: str = ""
    mention: tuple[str, ...] = ()
    chart: Chart | None = None
    disputes: tuple[Labelled, ...] = ()
    assistance: tuple[Labelled, ...] = ()
    figures: tuple[ShownFigure, ...] = ()

    @property
    def sentence(self) -> str:
        """The whole message in one or two sentences, for screen readers and notifications."""
        return f"{self.title}. {self.lead}"
