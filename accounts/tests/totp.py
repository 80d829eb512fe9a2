"""An authenticator app for tests: RFC 6238 once more, without the library."""

import base64
import hashlib
import hmac
import struct
import time


def token_of(key, *, at=None, digits=6):
    """Return what an app shows at a moment for a key in base32, spaces allowed."""
    secret = base64.b32decode(key.replace(" ", ""))
    step = int(time.time() if at is None else at) // 30
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"
