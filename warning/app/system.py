"""The parts of a running system, and how each is built of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from warning.app.calendar_day import CalendarDay
from warning.app.canary_watch import CanaryBooks, canary_channel
from warning.app.compose import Clock, Trees, system_clock, trees
from warning.app.delivering import InFlight
from warning.app.kept_rulebook import PLACE
from warning.app.refused_catalogue import RefusalWatch
from warning.app.round_memory import Memory
from warning.app.set_aside import SetAside
from warning.catalog.last_good import LastGoodFile
from warning.catalog.load import RulebookHolder
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.channels.build import build_channels
from warning.channels.channel import Channel
from warning.channels.smime import SigningFiles
from warning.collect.guard import AddressGuard, GuardedWeb
from warning.core.canary import CHANNEL
from warning.core.rulebook import Rulebook
from warning.errors import SettingsError
from warning.settings import Settings
from warning.store import migrate
from warning.store.canary import CanaryFlights
from warning.store.engine import open_engine
from warning.store.ledger_file import LedgerFile
from warning.store.outbox import Outbox
from warning.store.repository import Repository
from warning.store.resident import Resident

FIGURES = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A composed system. `book()` reads changed YAML and keeps the last good rulebook, and in a service the last good sources."""

    settings: Settings
    trees: Trees
    sources_at_start: tuple[SourceSpec, ...]
    rulebooks: RulebookHolder
    repository: Repository
    outbox: Outbox
    channels: Mapping[str, Channel]
    clock: Clock = field(default=system_clock)
    memory: Memory = field(default_factory=Memory)
    in_flight: InFlight = field(default_factory=InFlight)
    set_aside: SetAside = field(default_factory=SetAside)
    calendar: CalendarDay = field(default_factory=CalendarDay)
    resident: Resident = field(default_factory=Resident)
    canary: CanaryBooks = field(default_factory=CanaryBooks)
    refusals: RefusalWatch = field(default_factory=RefusalWatch)

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        """The catalogue in force: in a service as of the last look at the files (`book`), else as at the start."""
        served = self.rulebooks.sources
        return self.sources_at_start if served is None else served

    def book(self) -> Rulebook:
        return self.rulebooks.current()

    def live_book(self) -> Rulebook:
        """Return the rulebook that new evidence is assessed and delivered by: in a running service the canary's too."""
        return self.canary.of(self.rulebooks.current())

    @property
    def flights(self) -> CanaryFlights:
        return CanaryFlights(self.repository.engine)

    def close(self) -> None:
        """Give back the database's connections."""
        self.repository.engine.dispose()


def opened_store(settings: Settings) -> Repository:
    """Open the store, as `open_repository` says."""
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(settings.url)
    return Repository(open_engine(settings.url))


def composed(
    settings: Settings,
    *,
    clock: Clock,
    only_reads: bool = False,
    only_acts: bool = False,
    serves: bool = False,
) -> System:
    """Build every part, as `compose` says."""
    where = trees(settings)
    rulebooks = RulebookHolder(
        where.rules, where.feeds, where.overlay,
        today=lambda: clock().date(), without_broken_rules=only_reads, without_broken_files=only_acts,
        last_good=last_good_file(settings, clock) if serves else None,
    )  # fmt: skip
    repository = opened_store(settings)
    return System(
        settings=settings,
        trees=where,
        sources_at_start=rulebooks.sources or load_catalogue(where.feeds, where.overlay),
        rulebooks=rulebooks,
        repository=repository,
        outbox=Outbox(repository.engine),
        channels={
            **channels_of(settings, clock),
            CHANNEL: canary_channel(CanaryFlights(repository.engine), settings, clock),
        },
        clock=clock,
        resident=Resident(LedgerFile(settings.home / FIGURES)),
    )


def last_good_file(settings: Settings, clock: Clock) -> LastGoodFile:
    """Return where a service of this home keeps the last good catalogue of these settings' directories."""
    directories = (settings.rules_dir, settings.feeds_dir, settings.overlay_dir)
    return LastGoodFile.of(settings.home / PLACE, directories, clock)


def channels_of(settings: Settings, clock: Clock = system_clock) -> Mapping[str, Channel]:
    """Build the channels: Slack and SMTP where they are set up, files in the home's outbox where not."""
    return build_channels(
        outbox_dir=settings.home / "outbox",
        slack_token=_secret(settings.slack_bot_token),
        slack_base_url=settings.slack_base_url,
        can_act=settings.can_act_in_slack,
        smtp_url=_secret(settings.smtp_url),
        mail_from=settings.mail_from,
        signing=_signing(settings),
        webhook_secrets=settings.desk_keys("webhook"),
        web=GuardedWeb(AddressGuard.opened_for(settings.allow_private_hosts)),
        clock=clock,
    )


def _signing(settings: Settings) -> SigningFiles | None:
    if settings.smime_cert is None and settings.smime_key is None:
        return None
    if settings.smime_cert is None or settings.smime_key is None:
        raise SettingsError("signing mails takes both WARNING_SMIME_CERT and WARNING_SMIME_KEY")
    return SigningFiles(
        certificate=settings.smime_cert,
        key=settings.smime_key,
        password=_secret(settings.smime_key_password) or "",
    )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
