"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the sender's network address; of an IPv6 address its /64 network.

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
        address = ipaddress.ip_address(remote)
    except ValueError:
        return "unknown"
    if address.version == 6:
        # One household has a whole /64: its addresses cost nothing.
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
