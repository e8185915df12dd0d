import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from aiohttp.abc import AbstractResolver
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from warning.collect.guard import AddressGuard, GuardedResolver, is_public, literal_address
from warning.errors import FetchRefused

CLOSED = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    "2001:db8::/32",
)  # fmt: skip


def addresses_in(block: str) -> st.SearchStrategy:
    network = ip_network(block)
    last = network.num_addresses - 1
    return st.integers(0, last).map(lambda offset: network[offset])


closed_addresses = st.sampled_from(CLOSED).flatmap(addresses_in)
closed_v4 = closed_addresses.filter(lambda a: isinstance(a, IPv4Address))


@given(closed_addresses)
def test_an_address_of_a_closed_range_is_never_public(address):
    assert not is_public(address)


@given(closed_v4)
def test_a_closed_ipv4_address_stays_closed_when_ipv6_carries_it(address):
    number = int(address)
    mapped = IPv6Address((0xFFFF << 32) | number)
    nat64 = IPv6Address((0x64FF9B << 96) | number)
    sixtofour = IPv6Address((0x2002 << 112) | (number << 80) | 1)
    compatible = IPv6Address(number)
    assert not any(map(is_public, (mapped, nat64, sixtofour, compatible)))


@given(closed_v4)
def test_every_numeric_writing_of_a_closed_address_is_refused(address):
    number = int(address)
    a, b, c, d = address.packed
    writings = {
        str(number), hex(number), f"0{number:o}", f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}", f"[::ffff:{address}]", f"{address}.",
    }  # fmt: skip
    for host in writings:
        assert literal_address(host) is not None, host
        with pytest.raises(FetchRefused):
            AddressGuard().check_url(URL(f"http://{host}/"))


@given(st.ip_addresses(v=4))
def test_a_public_ipv4_address_is_outside_every_closed_range(address):
    closed = any(address in ip_network(block) for block in CLOSED if ":" not in block)
    assert not (closed and is_public(address))


def test_addresses_of_the_open_internet_are_public():
    assert is_public(ip_address("8.8.8.8"))
    assert is_public(ip_address("2a00:1450:4001:81b::200e"))
    assert is_public(ip_address("64:ff9b::808:808"))


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/plain,x", "//example.org/x",
        "http:///x", "http://user:word@example.org/", "http://metadata@169.254.169.254/", "javascript:alert(1)",
        "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://0/", "http://[fe80::1%25eth0]/", "http://127.1/",
        "https://example.org/" + "a" * 9000,
    ],
)  # fmt: skip
def test_an_address_that_is_no_public_web_address_is_refused(address):
    with pytest.raises(FetchRefused):
        AddressGuard().check_url(URL(address))


def test_an_opened_host_and_port_opens_that_port_only():
    guard = AddressGuard.opened_for(["127.0.0.1:8080", "Intranet.example"])
    guard.check_url(URL("http://127.0.0.1:8080/feed"))
    guard.check_address("intranet.example", 443, ip_address("10.1.2.3"))
    with pytest.raises(FetchRefused, match=r"127\.0\.0\.1:8081 to WARNING_ALLOW_PRIVATE_HOSTS"):
        guard.check_url(URL("http://127.0.0.1:8081/feed"))


def test_an_opened_ipv6_host_is_matched_with_and_without_brackets():
    guard = AddressGuard.opened_for(["[::1]:8080"])
    guard.check_url(URL("http://[::1]:8080/"))
    with pytest.raises(FetchRefused):
        guard.check_url(URL("http://[::1]:9090/"))


class Answers(AbstractResolver):
    """Resolves every name to the next of its prepared answers."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(self, host, port=0, family=0):
        found = self._answers.pop(0)
        return [
            {"hostname": host, "host": a, "port": port, "family": family, "proto": 0, "flags": 0}
            for a in found
        ]

    async def close(self):
        pass


def test_a_name_with_one_closed_address_among_public_ones_is_refused():
    resolver = GuardedResolver(AddressGuard(), Answers(["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(FetchRefused, match=r"rebind\.example \(10\.0\.0\.1\) is not a public address"):
        asyncio.run(resolver.resolve("rebind.example", 80))


def test_the_guard_hands_on_exactly_the_addresses_it_checked():
    resolver = GuardedResolver(AddressGuard(), Answers(["8.8.8.8"], ["127.0.0.1"]))
    first = asyncio.run(resolver.resolve("rebind.example", 80))
    assert [found["host"] for found in first] == ["8.8.8.8"]
    with pytest.raises(FetchRefused):
        asyncio.run(resolver.resolve("rebind.example", 80))
