"""Which channels this installation has. `CHANNELS` is the whole list; a channel is added by adding a line."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warning.channels.channel import Channel
from warning.channels.console import ConsoleChannel
from warning.channels.mail import MailChannel
from warning.channels.mail_mime import MailIdentity
from warning.channels.outbox_files import MailFiles, SlackFiles
from warning.channels.smime import SigningFiles
from warning.channels.smtp_target import smtp_target
from warning.channels.webhook import Clock, Web, WebhookChannel, WebhookFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the channels are built from. None for an account that is not set up: files stand in for it.

    `can_act` says that somebody listens to Slack's buttons. `webhook_secrets` are by desk id.
    """

    outbox_dir: Path
    slack_token: str | None = field(default=None, repr=False)
    slack_base_url: str = "https://slack.com/api/"
    smtp_url: str | None = field(default=None, repr=False)
    can_act: bool = False
    mail_from: str = "Early Warning <early-warning@localhost>"
    signing: SigningFiles | None = None
    webhook_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    web: Web | None = None
    clock: Clock | None = None
    write: Callable[[str], None]


def _slack(wiring: Wiring) -> Channel:
    if wiring.slack_token:
        from warning.channels.slack import SlackChannel  # noqa: PLC0415 - 2 MB that only an account needs

        return SlackChannel(wiring.slack_token, wiring.slack_base_url, can_act=wiring.can_act)
    return SlackFiles(wiring.outbox_dir, ConsoleChannel(wiring.write))


def _mail(wiring: Wiring) -> Channel:
    identity = MailIdentity(
        sender=wiring.mail_from, signer=wiring.signing.signer() if wiring.signing else None
    )
    if wiring.smtp_url:
        return MailChannel(smtp_target(wiring.smtp_url), identity)
    return MailFiles(wiring.outbox_dir, identity)


def _webhook(wiring: Wiring) -> Channel:
    if wiring.webhook_secrets and wiring.web is not None and wiring.clock is not None:
        return WebhookChannel(wiring.webhook_secrets, wiring.web, wiring.clock)
    return WebhookFiles(wiring.outbox_dir)


CHANNELS: Mapping[str, Callable[[Wiring], Channel]] = {
    "console": lambda wiring: ConsoleChannel(wiring.write),
    "slack": _slack,
    "mail": _mail,
    "webhook": _webhook,
}


def build_channels(
    *,
    outbox_dir: Path,
    slack_token: str | None = None,
    slack_base_url: str = "https://slack.com/api/",
    smtp_url: str | None = None,
    can_act: bool = False,
    mail_from: str = "Early Warning <early-warning@localhost>",
    signing: SigningFiles | None = None,
    webhook_secrets: Mapping[str, str] | None = None,
    web: Web | None = None,
    clock: Clock | None = None,
    write: Callable[[str], None] | None = None,
) -> Mapping[str, Channel]:
    """Return every channel by name. `write` prints console messages; stderr by default, stdout is for data.

    Raises SettingsError when the mail server's address, or what mails are signed with, cannot be read.
    """
    wiring = Wiring(
        outbox_dir=outbox_dir,
        slack_token=slack_token,
        slack_base_url=slack_base_url if slack_base_url.endswith("/") else f"{slack_base_url}/",
        smtp_url=smtp_url,
        can_act=can_act,
        mail_from=mail_from,
        signing=signing,
        webhook_secrets=webhook_secrets or {},
        web=web,
        clock=clock,
        write=write or _to_stderr,
    )
    return {name: make(wiring) for name, make in CHANNELS.items()}


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
