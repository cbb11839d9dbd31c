"""The site's own certificate authority, and the one door to `cryptography`: issues, renews and revokes certificates.

Everything lies in one folder that only the account of the site may enter:

    ca.key ca.crt ca.crl        the authority and its list of revoked certificates
    NAME.key NAME.crt           the newest certificate of the broker (`server`), of a service, of a device
    issued/NAME-SERIAL.crt      every certificate that was ever issued: what `revoke` puts on the list

The key is written before its certificate, and a certificate that does not fit its key is not `usable`, so that a crash
between the two is mended by whoever asks next.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contracts.clock import Clock, utc
from contracts.errors import StateError, UsageError
from ingestion.atomic import replace_file

#: Neither space, slash, `+`, `#` nor a dot: a name is a topic level, a file name and a word of the access list.
NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
CA, SERVER = "ca", "server"
AUTHORITY_DAYS = 7300
#: A key that leaves this machine for a device, and one that stays beside its broker.
DEVICE_DAYS, OWN_DAYS = 90, 730
#: Clocks of devices run behind; a certificate of today must be good for them.
BACKDATED = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """What stands in an issued certificate; times in UTC."""

    name: str
    serial: int
    valid_from: datetime
    expires: datetime
    revoked: bool

    def good_at(self, now: datetime) -> bool:
        """Whether the broker takes it then."""
        return not self.revoked and self.valid_from <= now <= self.expires


class Authority:
    """The authority of one site. Made at first use; two processes at once wait for each other."""

    def __init__(self, folder: Path, clock: Clock, title: str = "Bruk") -> None:
        self._folder, self._clock, self._title = folder, clock, title
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / "issued").mkdir(mode=0o700, exist_ok=True)
        with self._alone():
            if not (folder / "ca.crt").exists():
                self._found()
            if not (folder / "ca.crl").exists():
                self._write_list({})

    def issue(self, name: str, days: int = DEVICE_DAYS) -> Certificate:
        """A new client certificate with a new key; the old one stays good. Raises UsageError for what is no name."""
        if not NAME.fullmatch(name) or name in (CA, SERVER):
            raise UsageError(f"{name!r} cannot be the name of a certificate")
        with self._alone():
            return self._issue(name, days, ExtendedKeyUsageOID.CLIENT_AUTH, [x509.DNSName(name)])

    def issue_momentary(self, name: str, stem: str) -> Certificate:
        """One of a day, kept under `stem`, for this machine to act as `name`: the holder's own stays the newest."""
        with self._alone():
            return self._issue(name, 1, ExtendedKeyUsageOID.CLIENT_AUTH, [x509.DNSName(name)], stem)

    def forget(self, stem: str) -> None:
        """Removes such a certificate and its key; that it was issued stays known."""
        for suffix in (".key", ".crt"):
            (self._folder / f"{stem}{suffix}").unlink(missing_ok=True)

    def issue_server(self, hosts: list[str], days: int = OWN_DAYS) -> Certificate:
        """A new certificate of the broker, good for these names and addresses."""
        with self._alone():
            return self._issue(SERVER, days, ExtendedKeyUsageOID.SERVER_AUTH, [_host(host) for host in hosts])

    def usable(self, name: str, days_left: float = 0) -> bool:
        """Whether the newest certificate of `name` is ours, fits its key, is not revoked, and good for so long."""
        newest = self._read(name)
        if newest is None or not self._fits(name, newest):
            return False
        return self._state(name, newest).good_at(utc(self._clock()) + timedelta(days=days_left))

    def hosts(self) -> list[str]:
        """The names and addresses that the broker's certificate is good for; empty when there is none."""
        newest = self._read(SERVER)
        if newest is None:
            return []
        names = newest.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return [str(name.value) for name in names]

    def newest(self, name: str) -> Certificate | None:
        """The certificate that lies beside its key, or None."""
        found = self._read(name)
        return self._state(name, found) if found else None

    def issued(self, name: str) -> list[Certificate]:
        """Every certificate that was issued to `name`, in the order of their end."""
        return sorted((self._state(name, cert) for cert in self._all(name)), key=lambda one: (one.expires, one.serial))

    def revoke(self, name: str) -> list[int]:
        """Puts every certificate of `name` on the list; the serials that were not there before."""
        with self._alone():
            listed = self._listed()
            new = [cert.serial_number for cert in self._all(name) if cert.serial_number not in listed]
            now = utc(self._clock()).replace(microsecond=0)
            self._write_list({**listed, **dict.fromkeys(new, now)})
        return new

    def _found(self) -> None:
        now = utc(self._clock())
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named(f"{self._title} certificate authority")
        public = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(signs=True), critical=True).add_extension(public, critical=False)
        replace_file(self._folder / "ca.key", _pem(key), mode=0o400)
        self._write_certificate(self._folder / "ca.crt", builder.sign(key, hashes.SHA256()))

    def _issue(
        self, name: str, days: int, purpose: x509.ObjectIdentifier, hosts: list[x509.GeneralName], stem: str = ""
    ) -> Certificate:
        authority, signer = self._authority(), self._signer()
        key = ec.generate_private_key(ec.SECP256R1())
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = _builder(_named(name), authority.subject, key.public_key(), utc(self._clock()), days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs=False), critical=True).add_extension(ours, critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        # Known as issued before anybody can hold it: what is not known could not be revoked.
        self._write_certificate(self._folder / "issued" / f"{name}-{certificate.serial_number:x}.crt", certificate)
        replace_file(self._folder / f"{stem or name}.key", _pem(key), mode=0o600)
        self._write_certificate(self._folder / f"{stem or name}.crt", certificate)
        return self._state(name, certificate)

    def _write_list(self, revoked: dict[int, datetime]) -> None:
        """Lasts as long as the authority: OpenSSL refuses every certificate when the list itself is out of date."""
        authority, now = self._authority(), utc(self._clock())
        builder = x509.CertificateRevocationListBuilder().issuer_name(authority.subject)
        builder = builder.last_update(now - BACKDATED).next_update(authority.not_valid_after_utc)
        for serial, at in sorted(revoked.items()):
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        signed = builder.sign(self._signer(), hashes.SHA256())
        replace_file(self._folder / "ca.crl", signed.public_bytes(serialization.Encoding.PEM), mode=0o644)

    def _listed(self) -> dict[int, datetime]:
        read = x509.load_pem_x509_crl((self._folder / "ca.crl").read_bytes())
        return {entry.serial_number: entry.revocation_date_utc for entry in read}

    def _state(self, name: str, certificate: x509.Certificate) -> Certificate:
        since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        serial = certificate.serial_number
        return Certificate(name, serial, since, until, serial in self._listed())

    def _fits(self, name: str, certificate: x509.Certificate) -> bool:
        try:
            key = serialization.load_pem_private_key((self._folder / f"{name}.key").read_bytes(), None)
            certificate.verify_directly_issued_by(self._authority())
        except (OSError, ValueError, TypeError, InvalidSignature):  # the last: of an authority that is not ours now
            return False
        return key.public_key() == certificate.public_key()

    def _authority(self) -> x509.Certificate:
        found = self._read(CA)
        if found is None:
            raise StateError(f"{self._folder}/ca.crt cannot be read; put it back from the backup")
        return found

    def _signer(self) -> ec.EllipticCurvePrivateKey:
        try:
            key = serialization.load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        except (OSError, ValueError) as error:
            raise StateError(f"{self._folder}/ca.key cannot be read ({error}); put it back from the backup") from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def _read(self, name: str) -> x509.Certificate | None:
        try:
            return x509.load_pem_x509_certificate((self._folder / f"{name}.crt").read_bytes())
        except (OSError, ValueError):
            return None

    def _all(self, name: str) -> list[x509.Certificate]:
        pattern = re.compile(rf"{re.escape(name)}-[0-9a-f]+\.crt")
        files = sorted(file for file in (self._folder / "issued").iterdir() if pattern.fullmatch(file.name))
        found = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
        # `press-1` is also how a file of a device `press` with the serial 1 would begin: the certificate decides.
        return [one for one in found if one.subject == _named(name)]

    @staticmethod
    def _write_certificate(file: Path, certificate: x509.Certificate) -> None:
        replace_file(file, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - BACKDATED).not_valid_after(now + timedelta(days=days))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
