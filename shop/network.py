"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def address_of(request: HttpRequest) -> str:
    """Return whose tries are counted together; of an IPv6 address its /64 network.

    "unknown" where nothing says it.
    """
    address = sender_of(request)
    if address is None:
        return "unknown"
    if address.version == 6:
        # One household has a whole /64: its addresses cost nothing.
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def sender_of(request: HttpRequest) -> IPAddress | None:
    """Return the sender's own network address.

    Behind TRUSTED_PROXIES it is what the outermost of them saw, counted from the right
    of X-Forwarded-For: what stands further left the sender wrote. Without proxies of
    ours the header is not read at all.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        remote = hops[-proxies].strip() if len(hops) >= proxies else remote
    try:
        return _inner(ipaddress.ip_address(_without_port(remote)))
    except ValueError:
        return None


def _without_port(written: str) -> str:
    # "1.2.3.4:5678" and "[2001:db8::1]:5678", as some proxies write.
    if written.startswith("["):
        return written[1:].partition("]")[0]
    return written.partition(":")[0] if written.count(":") == 1 else written


def _inner(address: IPAddress) -> IPAddress:
    """Return the IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    # A socket that listens to both writes ::ffff:1.2.3.4.
    return address.ipv4_mapped or address
