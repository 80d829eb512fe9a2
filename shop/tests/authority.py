"""An issuer of certificates for one test, and the servers' certificate by it."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM
NAMES = [
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
]


class Authority:
    """`certificate` is the file that makes others trust it."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name.from_rfc4514_string("CN=An issuer of this test")
        own = self._builder(self.name, self.key)
        usage = x509.KeyUsage(*(name in (5, 6) for name in range(9)))
        own = own.add_extension(x509.BasicConstraints(True, None), critical=True)
        own = own.add_extension(usage, critical=True)
        self.certificate = folder / "issuer.pem"
        self.certificate.write_bytes(self._sign(own).public_bytes(PEM))

    def server_context(self, names=NAMES):
        """What a server on this machine needs to speak TLS."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name.from_rfc4514_string("CN=A server of this test")
        builder = self._builder(name, key)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        file = self.folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + self._sign(builder).public_bytes(PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject, key):
        now = datetime.datetime.now(datetime.UTC)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self.key.public_key()
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(authority, critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
        )

    def _sign(self, builder):
        return builder.sign(self.key, hashes.SHA256())
