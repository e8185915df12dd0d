"""Where mail goes: `smtp://user:pass@host:port` or `smtps://...`, read from one setting."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from warning.errors import SettingsError

_PORTS = {"smtp": 587, "smtps": 465}
_YES, _NO = {"1", "true", "yes"}, {"0", "false", "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTarget:
    """`security` is tls (from the first byte), starttls, or none. Certificates are always checked.

    `ca_file` names a PEM file of authorities to trust instead of the system's.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


def smtp_target(url: str) -> SmtpTarget:
    """Read the setting. Raises SettingsError, which never repeats the address or the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError("WARNING_SMTP_URL: the port is not a number") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError(
            "WARNING_SMTP_URL: write smtp://user:password@host:587 or smtps://user:password@host:465"
        )
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = sorted(options.keys() - {"starttls", "ca_file"})
    if unknown:
        raise SettingsError(
            f"WARNING_SMTP_URL: {', '.join(unknown)} is not an option; starttls and ca_file are"
        )
    return SmtpTarget(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        security="tls" if parts.scheme == "smtps" else _starttls(options.get("starttls", "1")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca_file=options.get("ca_file", ""),
    )


def _starttls(value: str) -> str:
    if value.lower() in _YES:
        return "starttls"
    if value.lower() in _NO:
        return "none"
    raise SettingsError("WARNING_SMTP_URL: starttls is 1 or 0")
