"""Who is told: desks, their channels and what each may see."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from warning.core.model import OperatorModel, WrongPart
from warning.core.terms import Language
from warning.core.vocabulary import Marking, Severity
from warning.core.workdays import Hours

DeskId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ChannelName = Literal["console", "slack", "mail", "webhook"]
SlackPerson = Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]{2,20}$")]


class Destination(OperatorModel):
    """One place a desk is told at. `to` is a Slack channel id, a list of addresses or URLs, or a console's name.

    `ceiling` is the most restrictive marking that may leave by this channel. `mention` lists Slack users (U...) and
    user groups (S...) who are called on the first message about an alert and on every escalation and reminder.
    """

    channel: ChannelName
    to: tuple[str, ...] = Field(min_length=1)
    ceiling: Marking = Marking.AMBER
    threshold: Severity | None = None
    mention: tuple[SlackPerson, ...] = Field(default=(), max_length=10)

    @model_validator(mode="after")
    def _fits_its_channel(self) -> "Destination":
        if self.mention and self.channel != "slack":
            raise ValueError("mention calls people in Slack; this channel has none")
        if self.channel == "webhook":
            for place, address in enumerate(self.to):
                _check_web_address(address, place)
        return self

    @property
    def address(self) -> str:
        """The destination as one string: the outbox's key."""
        return ",".join(self.to)

    def each(self) -> tuple["Destination", ...]:
        """One destination for every address: what one of them refuses must not cost the others anything."""
        return tuple(self.model_copy(update={"to": (address,)}) for address in self.to)


def _check_web_address(address: str, place: int) -> None:
    """A webhook goes over TLS; in the clear only to a host given as a number or localhost, for a relay nearby."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    nearby = host == "localhost" or ":" in host or host.replace(".", "").isdigit()
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and nearby)):
        raise WrongPart(f"{address!r} is no address for a webhook: write https://host/path", "to", place)


class OutFeed(OperatorModel):
    """What the desk's own Atom and CAP feed may carry: at most `ceiling`. `languages` of the texts, all without it."""

    ceiling: Marking = Marking.GREEN
    languages: tuple[Language, ...] = ("en", "ja", "ko")

    @property
    def channel(self) -> str:
        return "feed"


class OfficeHours(Hours):
    """When somebody sits at the desk on a working day; office minutes are counted by it."""

    start: time = time(9)
    end: time = time(18)

    @model_validator(mode="after")
    def _is_one_day(self) -> "OfficeHours":
        if self.start > self.end:
            raise ValueError("office hours begin and end on one day: start must come before end")
        return self


class QuietHours(Hours):
    """When a desk is not to be disturbed, by its own clock: messages wait for the end, in their newest version.

    What is as grave as `passes` goes out all the same, and so does a rise in what the desk has. With `days_off`
    weekends and public holidays are quiet too.
    """

    passes: Severity = Severity.EXTREME
    days_off: bool = False


class Budget(OperatorModel):
    """How many alerts may interrupt a desk in a week; the rest goes to the roll-up, unless it is as grave as `always`."""

    alerts: int = Field(ge=1)
    always: Severity = Severity.SEVERE


class Desk(OperatorModel):
    """rules/desks/<id>.yaml. `threshold` is the least severity, for this desk's country, that interrupts.

    `titles` is what readers of other languages call it, by language.
    A desk of the kind operator is told how the system itself does, and no alert. `deputies` are told when nobody at the desk has acknowledged in time.
    """

    id: DeskId
    kind: Literal["desk", "operator"] = "desk"
    title: str
    titles: Mapping[Language, str] = {}
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    language: Language
    timezone: str
    threshold: Severity = Severity.MODERATE
    clearance: Marking = Marking.AMBER
    destinations: tuple[Destination, ...] = Field(min_length=1)
    digest_to: tuple[Destination, ...] = ()
    deputies: tuple[Destination, ...] = ()
    office_hours: OfficeHours = OfficeHours()
    quiet_hours: QuietHours | None = None
    weekly_budget: Budget | None = None
    out_feed: OutFeed = OutFeed()

    def called(self, language: str) -> str:
        """Return what readers of a language call the desk."""
        return next((name for known, name in self.titles.items() if known == language), self.title)

    @model_validator(mode="after")
    def _known_timezone(self) -> "Desk":
        from zoneinfo import available_timezones  # noqa: PLC0415 - a table of 600 names, wanted only here

        if self.timezone not in available_timezones():
            raise ValueError(f"timezone {self.timezone!r} is not an IANA name such as Asia/Seoul")
        return self
