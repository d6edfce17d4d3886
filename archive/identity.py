"""The organisation's signing key and its certificate, loaded and checked before anything is signed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from archive.revocation import Evidence
from archive.signing_config import SigningConfig
from archive.token import open_token
from archive.trust import Chain, Trust, load_trust, read_secret
from core.errors import BadInputError, MissingToolError

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
    trust: Trust

    @property
    def anchors(self) -> tuple[x509.Certificate, ...]:
        """The roots that are trusted."""
        return self.trust.anchors

    @property
    def timestamper(self) -> TimeStamper:
        """The time-stamp authority."""
        return self.trust.timestamper


def load_identity(config: SigningConfig, pin: str | None = None) -> SigningIdentity:
    """Read key, certificates and trust anchors; whether they may sign is for :func:`check_certificate` to say.

    Args:
        pin: opens the token, where the key lies on one; tried once, for tokens lock themselves.

    Raises:
        BadInputError: a file is missing or unreadable, or the passphrase or PIN does not open the key.
        MissingToolError: the token is not there.
    """
    trust = load_trust(config)
    signer = _from_file(config, trust) if config.pkcs12 is not None else open_token(config, pin, trust.intermediates)
    return SigningIdentity(config.organisation, config.key_place, signer, trust)


def _from_file(config: SigningConfig, trust: Trust) -> Signer:
    assert config.pkcs12 is not None and config.passphrase_file is not None
    passphrase = read_secret(config.passphrase_file).strip()
    bundle = read_secret(config.pkcs12)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(bundle, passphrase)
    except ValueError as err:
        raise BadInputError(
            "archive.signing-key-closed", file=config.pkcs12, passphrase_file=config.passphrase_file
        ) from err
    if not isinstance(key, _Key) or certificate is None:
        raise BadInputError("archive.signing-key-absent", file=config.pkcs12)
    chain = [x509.Certificate.load(entry.public_bytes(Encoding.DER)) for entry in (certificate, *others)]
    return _HeldKey(key, chain[0], [*chain[1:], *trust.intermediates])


def check_certificate(identity: SigningIdentity, at: datetime) -> None:
    """Refuse to sign at the time ``at`` with a certificate that does not allow it (NĐ 23/2025/NĐ-CP Điều 15).

    Raises:
        BadInputError: expired, not yet valid, revoked, made for another use, or without a chain to the trust anchors.
        MissingToolError: nobody can say whether it was revoked, and the settings demand that.
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
    evidence = identity.trust.source.collect([_chain(identity, at, Evidence())])
    _chain(identity, at, evidence)
    if evidence.missing and identity.trust.demands_revocation:
        why = "; ".join(evidence.missing)
        raise MissingToolError("archive.revocation-unknown", file=file, why=why)


def _chain(identity: SigningIdentity, at: datetime, evidence: Evidence) -> Chain:
    """The signing certificate's chain, valid in the light of the evidence."""
    certificate = identity.signer.signing_cert
    subject = common_name(certificate)
    validator = CertificateValidator(
        certificate,
        intermediate_certs=list(identity.signer.cert_registry),
        validation_context=identity.trust.context(at, evidence, strict=False),
    )
    try:
        path = asyncio.run(validator.async_validate_usage({"non_repudiation"}))
    except RevokedError as err:
        raise BadInputError(
            "archive.signing-revoked", file=identity.file, subject=subject, since=_day(err.revocation_dt)
        ) from err
    except (PathError, ValidationError) as err:
        raise BadInputError("archive.signing-untrusted", file=identity.file, subject=subject, why=str(err)) from err
    return tuple(path.iter_certs(include_root=True))


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, or all of the subject where it has none."""
    name = certificate.subject.native.get("common_name")
    return name if isinstance(name, str) else certificate.subject.human_friendly


def _day(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")
