"""Which addresses the fetcher may ask: public ones, and private ones an operator has opened by name.

A name is judged by the addresses it resolves to, at the moment of connecting: `GuardedResolver` hands the
connection exactly the addresses it has checked, so a name that resolves differently the second time gains
nothing. Addresses written as numbers never reach a resolver and are judged in `check_url`, at every redirect.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import BaseConnector, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from warning.errors import FetchRefused

SCHEMES = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")
LONGEST_URL = 8192


@lru_cache(maxsize=8192)
def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether `address` is on the open internet.

    Private, loopback, link-local, carrier-grade NAT, multicast, documentation and reserved ranges are not;
    an IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by what it carries too.
    """
    if isinstance(address, IPv6Address):
        carried = _carried_ipv4(address)
        if carried:
            return all(is_public(inner) for inner in carried)
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_private
    )


def _carried_ipv4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


@lru_cache(maxsize=8192)
def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `host` writes as a number, also as 2130706433, 0x7f.1 or 0177.0.0.1.

    None when it is a name that has to be resolved.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return ip_address(bare.split("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError, UnicodeEncodeError):
        return None


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """`allowed` holds the exceptions in lower case: `host`, `host:port` or `[v6]:port`."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def opened_for(cls, hosts: Iterable[str]) -> "AddressGuard":
        return cls(frozenset(host.strip().lower() for host in hosts if host.strip()))

    def check_url(self, url: URL) -> None:
        """Raise FetchRefused when `url` may not be asked, as far as can be told before resolving its name."""
        if url.scheme not in SCHEMES:
            raise FetchRefused(
                f"{_shown(url)}: only http and https are fetched, not {url.scheme or 'nothing'!r}"
            )
        if url.user is not None or url.password is not None:
            raise FetchRefused(f"{_shown(url)}: a user name or password in an address is not allowed")
        if not url.host:
            raise FetchRefused(f"{_shown(url)}: the address names no host")
        if len(str(url)) > LONGEST_URL:
            raise FetchRefused(f"{_shown(url)}: the address is longer than {LONGEST_URL} characters")
        address = literal_address(url.host)
        if address is not None:
            self.check_address(url.host, url.port or 0, address)

    def check_address(self, host: str, port: int, address: IPv4Address | IPv6Address) -> None:
        """Raise FetchRefused when `host`, about to be connected to at `address`, is not public nor opened."""
        if is_public(address) or self.is_opened(host, port):
            return
        named = host if host.strip("[]") == str(address) else f"{host} ({address})"
        raise FetchRefused(
            f"{named} is not a public address; if that is meant, add {host}:{port} to WARNING_ALLOW_PRIVATE_HOSTS"
        )

    def is_opened(self, host: str, port: int) -> bool:
        bare = host.strip("[]").rstrip(".").lower()
        forms = {bare, f"[{bare}]", f"{bare}:{port}", f"[{bare}]:{port}"}
        return not forms.isdisjoint(self.allowed)


class GuardedResolver(AbstractResolver):
    """Resolves through `inner` and gives the connection nothing but checked addresses.

    One forbidden address among several refuses the name: a publisher has no reason to mix them.
    """

    def __init__(self, guard: AddressGuard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._guard.check_address(host, port, ip_address(result["host"].split("%")[0]))
        return found

    async def close(self) -> None:
        await self._inner.close()


class GuardedWeb:
    """What else goes out to addresses that operators write asks the same guard: a connection for each call."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    def check_url(self, url: URL) -> None:
        self._guard.check_url(url)

    def connector(self) -> BaseConnector:
        """Return a connector that whoever uses it closes."""
        return TCPConnector(resolver=GuardedResolver(self._guard, ThreadedResolver()), use_dns_cache=False)


def _shown(url: URL) -> str:
    """The address as a message may show it: no password, no query, not endless."""
    return str(url.with_user(None).with_query(None) if url.absolute else url.with_query(None))[:200]
