"""Who a client is (its address), and how often it may do something.

Counts are kept in the memory of the process: several processes each count by themselves.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple, Protocol

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

IPV6_PREFIX = 64  # what one household or office has of IPv6 addresses counts as one client
UNKNOWN = "unknown"


class _Peer(Protocol):
    @property
    def host(self) -> str: ...


class Connection(Protocol):
    """A request of Starlette or of Gradio."""

    @property
    def client(self) -> _Peer | None: ...


class Caller(NamedTuple):
    """Who is counted: an address, or a token with a rate and scopes of its own.

    `name` stands in the counts, `per_minute` is how often it may ask (0: as an address may),
    `token` the id of the token ("" for an address) and `scopes` what that may do."""

    name: str
    per_minute: int = 0
    token: str = ""
    scopes: tuple[str, ...] = ()


def client_of(connection: Connection) -> str:
    """The address that a request is counted under."""
    return origin(connection.client.host) if connection.client else UNKNOWN


def origin(host: str) -> str:
    """An address as it is counted: of IPv6 the network, of IPv4 within IPv6 the IPv4 one."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64] or UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False))


class Rate:
    """So many times within so many seconds for each client by itself, counted in windows."""

    def __init__(self, count: int, seconds: int) -> None:
        self._seconds = seconds
        self._item = RateLimitItemPerSecond(count, seconds)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait_s(self, *who: str, count: int = 0) -> float:
        """Count once more: 0, or the seconds to wait where that is too often; `count` is how often
        this one may, in place of what holds for all."""
        item = RateLimitItemPerSecond(count, self._seconds) if count else self._item
        if self._limiter.hit(item, *who):
            return 0
        return max(1.0, self._limiter.get_window_stats(item, *who).reset_time - time.time())

    def forget(self, *who: str) -> None:
        """Count anew from 0."""
        self._limiter.clear(self._item, *who)
