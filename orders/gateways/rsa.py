"""RSA signatures with SHA-256, as Alipay (RSA2) and WeChat Pay both use them.

Nothing here, and no error, ever shows a key.
"""

import base64
import binascii
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from django.views.decorators.debug import sensitive_variables

#: Smaller ones can be broken; both gateways make keys of this size.
SMALLEST = 2048


class BadKey(Exception):
    """A key that cannot be read, or is too small."""


@lru_cache(maxsize=8)
@sensitive_variables("text")
def private_key(text: str) -> RSAPrivateKey:
    """Read a key from PEM, or from one line of base64. Raises BadKey."""
    try:
        if _is_pem(text):
            key = load_pem_private_key(text.encode(), password=None)
        else:
            key = load_der_private_key(base64.b64decode(text), password=None)
    except (ValueError, TypeError):
        raise BadKey from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST:
        raise BadKey
    return key


@lru_cache(maxsize=8)
def public_key(text: str) -> RSAPublicKey:
    """Read a public key, or that of a certificate. Raises BadKey."""
    try:
        if "BEGIN CERTIFICATE" in text:
            key = x509.load_pem_x509_certificate(text.encode()).public_key()
        elif _is_pem(text):
            key = load_pem_public_key(text.encode())  # type: ignore[assignment]
        else:
            key = load_der_public_key(base64.b64decode(text))  # type: ignore[assignment]
    except (ValueError, TypeError):
        raise BadKey from None
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST:
        raise BadKey
    return key


def sign(key: RSAPrivateKey, text: str) -> str:
    """Return the signature of a text, in base64."""
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, text: str, signature: str) -> bool:
    """Tell whether the owner of the key signed this text."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _is_pem(text: str) -> bool:
    return "-----BEGIN" in text
