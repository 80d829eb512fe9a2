import pytest

from shop.network import address_of, sender_of


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "", "203.0.113.9"),
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (1, "10.0.0.1", "", "unknown"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "<script>", "unknown"),
        (0, "2001:db8::1:2:3", "", "2001:db8::/64"),
        (0, "", "", "unknown"),
        # A socket that listens to both kinds, and a gateway between them.
        (0, "::ffff:203.0.113.9", "", "203.0.113.9"),
        (0, "64:ff9b::203.0.113.9", "", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1:4444", "198.51.100.1"),
        (1, "10.0.0.1", "[2001:db8::5]:443", "2001:db8::/64"),
        (1, "10.0.0.1", "2001:db8::5", "2001:db8::/64"),
        (1, "10.0.0.1", "[", "unknown"),
    ],
)
def test_the_senders_address(rf, settings, proxies, remote, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = rf.get("/", headers=headers, REMOTE_ADDR=remote)
    assert address_of(request) == expected


def test_the_senders_own_address_is_exact(rf):
    request = rf.get("/", REMOTE_ADDR="2001:db8::1:2:3")
    assert str(sender_of(request)) == "2001:db8::1:2:3"
    assert sender_of(rf.get("/", REMOTE_ADDR="")) is None
