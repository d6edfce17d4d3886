"""The organisation's signing key, its certificate chain and its time-stamp authority, loaded and checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import keys, pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from archive.signing_config import SigningConfig
from archive.timestamps import HttpTimeStamper
from core.errors import BadInputError
from core.files import disk_errors

_Key = RSAPrivateKey | EllipticCurvePrivateKey
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class _HeldKey(Signer):  # type: ignore[misc]
    """Signs with a key that was parsed once: parsing checks an RSA key for as long as two signatures take."""

    def __init__(self, key: _Key, certificate: x509.Certificate, others: list[x509.Certificate]) -> None:
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore.from_certs(others))
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """PKCS #1 v1.5 or ECDSA, whichever the key is made for."""
        digest = _DIGESTS[digest_algorithm]
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), digest)
        return self._key.sign(data, ECDSA(digest))


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """What is needed to sign in the organisation's name. It holds a private key: load it in each process anew."""

    organisation: str
    file: Path
    signer: Signer
    timestamper: TimeStamper
    anchors: tuple[x509.Certificate, ...]


def load_identity(config: SigningConfig) -> SigningIdentity:
    """Read key, certificates and trust anchors; whether they may sign is for :func:`check_certificate` to say.

    Raises:
        BadInputError: a file is missing or unreadable, or the passphrase does not open the key.
    """
    passphrase = _read(config.passphrase_file).strip()
    bundle = _read(config.pkcs12)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(bundle, passphrase)
    except ValueError as err:
        raise BadInputError(
            "archive.signing-key-closed", file=config.pkcs12, passphrase_file=config.passphrase_file
        ) from err
    if not isinstance(key, _Key) or certificate is None:
        raise BadInputError("archive.signing-key-absent", file=config.pkcs12)
    chain = [x509.Certificate.load(entry.public_bytes(Encoding.DER)) for entry in (certificate, *others)]
    signer = _HeldKey(key, chain[0], chain[1:])
    anchors = read_anchors(config.trust_anchors)
    return SigningIdentity(config.organisation, config.pkcs12, signer, _timestamper(config), anchors)


def _timestamper(config: SigningConfig) -> TimeStamper:
    if config.tsa_url is not None:
        return HttpTimeStamper(config.tsa_url)
    assert config.demo_tsa_key is not None and config.demo_tsa_certificate is not None
    (certificate,) = read_anchors([config.demo_tsa_certificate])
    key = _decode(config.demo_tsa_key, keys.PrivateKeyInfo)[0]
    return DummyTimeStamper(tsa_cert=certificate, tsa_key=key)


def read_anchors(paths: Sequence[Path]) -> tuple[x509.Certificate, ...]:
    """All certificates of some PEM files.

    Raises:
        BadInputError: a file is missing, or holds something else than certificates.
    """
    return tuple(found for path in paths for found in _decode(path, x509.Certificate))


def _decode(path: Path, kind: Any) -> list[Any]:
    data = _read(path)
    try:
        found = [kind.load(der, strict=True) for _, _, der in pem.unarmor(data, multiple=True)]
        for entry in found:
            entry.native  # noqa: B018  asn1crypto parses when asked; a damaged file has to be found here
    except (ValueError, TypeError) as err:
        raise BadInputError("archive.signing-file-bad", file=path) from err
    return found


def _read(path: Path) -> bytes:
    try:
        with disk_errors(path):
            return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as err:
        raise BadInputError("archive.signing-file-missing", file=path) from err


def check_certificate(identity: SigningIdentity, at: datetime) -> None:
    """Refuse to sign at the time ``at`` with a certificate that does not allow it (NĐ 23/2025/NĐ-CP Điều 15).

    Raises:
        BadInputError: expired, not yet valid, made for another use, or without a chain to the trust anchors.
    """
    certificate = identity.signer.signing_cert
    file, subject = identity.file, common_name(certificate)
    since, until = certificate.not_valid_before, certificate.not_valid_after
    if at < since:
        raise BadInputError("archive.signing-early", file=file, subject=subject, since=_day(since))
    if at > until:
        raise BadInputError("archive.signing-expired", file=file, subject=subject, until=_day(until))
    usage = certificate.key_usage_value
    if usage is None or "non_repudiation" not in usage.native:
        raise BadInputError("archive.signing-usage", file=file, subject=subject)
    context = ValidationContext(trust_roots=list(identity.anchors), moment=at, allow_fetching=False)
    validator = CertificateValidator(
        certificate, intermediate_certs=list(identity.signer.cert_registry), validation_context=context
    )
    try:
        asyncio.run(validator.async_validate_usage({"non_repudiation"}))
    except (PathError, ValidationError) as err:
        raise BadInputError("archive.signing-untrusted", file=file, subject=subject, why=str(err)) from err


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, or all of the subject where it has none."""
    name = certificate.subject.native.get("common_name")
    return name if isinstance(name, str) else certificate.subject.human_friendly


def _day(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")
