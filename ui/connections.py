"""How many connections one client may hold: more are closed as they come."""

import asyncio
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from policyqa.ui.clients import UNKNOWN, origin


def bounded_protocol(most: int, proxies: str) -> type[asyncio.Protocol]:
    """Uvicorn's protocol, which closes what a client has too much of.

    Args:
        most: connections of one client at a time.
        proxies: addresses and networks, parted by commas, that speak for many and are not bounded.
    """
    held: Counter[str] = Counter()
    trusted = [ip_network(each.strip(), strict=False) for each in proxies.split(",") if each]

    class Bounded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        who = ""

        def connection_made(self, transport: Any) -> None:
            peer = transport.get_extra_info("peername")
            host = str(peer[0]) if peer else ""
            who = origin(host) if host else UNKNOWN
            speaks_for_many = host and any(ip_address(host) in each for each in trusted)
            if held[who] >= most and not speaks_for_many:
                transport.abort()
                return
            self.who = who
            held[who] += 1
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if not self.who:
                return
            held[self.who] -= 1
            if not held[self.who]:
                del held[self.who]
            super().connection_lost(exc)

    return Bounded
