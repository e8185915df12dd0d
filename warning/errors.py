"""Every failure this system names, drawn as one tree.

EwsError
├── ConfigError                   operator's settings or YAML; exit code 2
│   ├── SettingsError
│   └── CatalogError              carries every Problem found, not only the first
├── EvidenceError                 an interchange file that cannot be read; exit code 1
├── PutByError                    the directory for temporary files took not all that a replay puts by there
├── FetchError                    the outside world did not give us the document
│   ├── FetchRefused              we would not ask (private address, too many redirects, bad URL)
│   ├── FetchTooLarge
│   ├── FetchBlocked              a challenge, a captcha or a sign-in stands in the document's place
│   ├── FetchMoved                the page only says that it has moved
│   └── FetchRateLimited          carries retry_after_seconds
├── ParseError                    the document is not what its source declares
│   └── ReadingSpent              the documents of one poll took all the time that a poll may be read: the next one goes on
├── StoreError
│   ├── SchemaBehind              the database wants `warning db upgrade`
│   ├── AssessmentRaced           another process assessed the same evidence first
│   ├── StoreContended            the database gave up one of two transactions that waited for each other
│   ├── EvidenceMissing
│   └── ReviewRefused             the alert has moved on, or may not be acted on so in the state it is in
└── DeliveryError                 a channel did not accept a message; `retryable` says what to do
    ├── DeliveryRateLimited       carries retry_after_seconds
    ├── DeliveryRefused           the destination will never accept this (auth, gone, invalid)
    └── DeliveryUnknown           it may or may not have arrived; reconcile before any resend

The docstring of a class is its default message.
"""

from dataclasses import dataclass


class EwsError(Exception):
    """The early-warning system could not do what was asked."""

    retryable: bool = False
    exit_code: int = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake in an operator's file. `line` and `column` count from 1; 0 when unknown.

    `code` is stable (documented in docs/rules.md); `hint` says what would be right.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    fatal: bool = True

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {self.code} {self.message}{hint}"


class ConfigError(EwsError):
    """The configuration is not usable."""

    exit_code = 2


class SettingsError(ConfigError):
    """A setting is missing or wrong."""


class CatalogError(ConfigError):
    """The operator's YAML has mistakes."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EvidenceError(EwsError):
    """The evidence file cannot be read."""


class PutByError(EwsError):
    """The directory for temporary files took not all that was to be put by there."""


class FetchError(EwsError):
    """The document could not be fetched."""

    retryable = True


class FetchRefused(FetchError):
    """The address may not be asked."""

    retryable = False


class FetchTooLarge(FetchError):
    """The document is larger than the source may send."""


class FetchBlocked(FetchError):
    """A challenge, a captcha or a sign-in stands in the document's place."""


class FetchGone(FetchError):
    """There is no document at the address: not found (`status` 404), or gone for good (410).

    `target` is where the page that says so points to, empty when it does not.
    """

    def __init__(self, message: str, *, status: int, target: str = "") -> None:
        self.status, self.target = status, target
        super().__init__(message)


class FetchMoved(FetchError):
    """The page only says that it has moved. `target` is where it points to, empty when it does not say."""

    def __init__(self, message: str, *, target: str = "") -> None:
        self.target = target
        super().__init__(message)


class FetchRateLimited(FetchError):
    """The publisher asked us to wait."""

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class ParseError(EwsError):
    """The document is not what its source declares."""


class ReadingSpent(ParseError):
    """The documents of this poll took all the time that a poll may be read."""


class StoreError(EwsError):
    """The store could not do what was asked."""


class SchemaBehind(StoreError):
    """The database schema is older than this program: run `warning db upgrade`."""

    exit_code = 2


class AssessmentRaced(StoreError):
    """Another process assessed the same evidence or alert first; nothing was stored: assess again."""

    retryable = True


class StoreContended(StoreError):
    """The database gave this transaction up for another that it waited for; nothing was stored: do it again."""

    retryable = True


class EvidenceMissing(StoreError):
    """The evidence asked for is not in the store."""


class ReviewRefused(StoreError):
    """The alert may not be acted on so; nothing was stored."""


class DeliveryError(EwsError):
    """The channel did not accept the message."""

    retryable = True


class DeliveryRateLimited(DeliveryError):
    """The channel asked us to wait."""

    def __init__(self, message: str, *, retry_after_seconds: float | None) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class DeliveryBarred(DeliveryError):
    """The channel does not accept who we are: a token was revoked, or a password is wrong."""


class DeliveryRefused(DeliveryError):
    """The destination will not accept this message."""

    retryable = False


class DeliveryUnknown(DeliveryError):
    """The message may or may not have arrived."""
