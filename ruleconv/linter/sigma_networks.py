"""Networks as Sigma's ``cidr`` takes them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_interface, ip_network


@lru_cache(maxsize=4096)
def objection(text: str) -> tuple[str, str] | None:
    """What is wrong with it, and the network that is probably meant ("" where there is none); None for a network."""
    try:
        ip_network(text)
    except ValueError:
        pass
    else:
        return None
    try:
        meant = str(ip_interface(text).network)
    except ValueError:
        return f"{text[:80]!r} is no network", ""
    return f"{text[:80]!r} has bits set behind its prefix", meant
