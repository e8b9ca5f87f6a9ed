"""Authorities that vouch for servers, and the certificates that they give, for tests of TLS."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Authority:
    """Gives certificates, each in a file of the folder together with its key."""

    folder: Path
    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=_key)

    def trusted(self) -> Path:
        """Return the file that those are given who trust this authority."""
        made = self._begun(self.name, self.key.public_key(), datetime.now(UTC) + _DAY)
        own = x509.BasicConstraints(ca=True, path_length=0)
        return self._kept("trusted", b"", made.add_extension(own, critical=True))

    def give(self, host: str, *, ends: timedelta = _DAY) -> Path:
        """Give a server a certificate for a host name, which ends so long from now."""
        key = _key()
        made = self._begun(host, key.public_key(), datetime.now(UTC) + ends)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self._kept(f"{host} {ends}", pem, made.add_extension(names, critical=False))

    def _begun(
        self, name: str, public: ec.EllipticCurvePublicKey, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - 30 * _DAY)
            .not_valid_after(ends)
        )

    def _kept(self, name: str, key: bytes, made: x509.CertificateBuilder) -> Path:
        path = self.folder / f"{self.name} {name}.pem"
        signed = made.sign(self.key, hashes.SHA256())
        path.write_bytes(key + signed.public_bytes(serialization.Encoding.PEM))
        return path


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
