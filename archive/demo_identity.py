"""A throw-away signing certificate and time-stamp authority for ``init --demo``; every name in it says DEMO."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from archive.signing_config import SigningConfig
from core.files import disk_errors, write_atomic
from core.text import nfc

_VALID = timedelta(days=730)
_NAME_LIMIT = 64
"""Upper bound of a common name or organisation name in bytes (RFC 5280, appendix A)."""


def demo_config(folder: Path, organisation: str) -> SigningConfig:
    """The configuration that goes with what :func:`make_demo_identity` puts into ``folder``."""
    return SigningConfig(
        organisation=organisation,
        pkcs12=folder / "signer.p12",
        passphrase_file=folder / "passphrase",
        trust_anchors=(folder / "root.pem",),
        demo_tsa_key=folder / "tsa-key.pem",
        demo_tsa_certificate=folder / "tsa.pem",
        crls=(folder / "root.crl",),
    )


def make_demo_identity(folder: Path, organisation: str) -> None:
    """Make a root with its revocation list, an organisation certificate and a time-stamp authority.

    All are valid for two years from now, the empty list too, so that signatures reach their highest level without a
    network. Keys and the passphrase can be read by the owner only.

    Raises:
        BadInputError: the folder cannot be written.
        MissingToolError: the disk is full.
    """
    config = demo_config(folder, organisation)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    root_key, signer_key = (generate_private_key(65537, 3072) for _ in range(2))
    # The local authority parses its key for each stamp, and parsing checks it: 45 ms against 130 for a longer one.
    tsa_key = generate_private_key(65537, 2048)
    root_name = _name("DEMO root of Bút Lục", organisation)
    root = _certificate(root_name, root_key, root_name, root_key, start, _ca_extensions())
    signer = _certificate(
        _name(f"DEMO {organisation}", organisation), signer_key, root_name, root_key, start, _signer_extensions()
    )
    tsa = _certificate(
        _name("DEMO time stamps of Bút Lục", organisation), tsa_key, root_name, root_key, start, _tsa_extensions()
    )
    passphrase = secrets.token_urlsafe(24).encode()
    bundle = pkcs12.serialize_key_and_certificates(
        b"DEMO", signer_key, signer, [root], serialization.BestAvailableEncryption(passphrase)
    )
    assert config.demo_tsa_key is not None and config.demo_tsa_certificate is not None
    assert config.pkcs12 is not None and config.passphrase_file is not None
    _write_secret(config.passphrase_file, passphrase)
    _write_secret(config.pkcs12, bundle)
    _write_secret(config.demo_tsa_key, _pem(tsa_key))
    write_atomic(config.demo_tsa_certificate, tsa.public_bytes(serialization.Encoding.PEM))
    write_atomic(config.trust_anchors[0], root.public_bytes(serialization.Encoding.PEM))
    write_atomic(config.crls[0], _empty_crl(root_name, root_key, start))


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(f"DEMO {organisation}")),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(common)),
        ]
    )


def _short(name: str) -> str:
    return nfc(name).encode()[:_NAME_LIMIT].decode(errors="ignore")


Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def _certificate(
    subject: x509.Name,
    key: RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: RSAPrivateKey,
    start: datetime,
    extensions: Extensions,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _empty_crl(issuer: x509.Name, key: RSAPrivateKey, start: datetime) -> bytes:
    """The root's revocation list without entries, DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(start)
        .next_update(start + _VALID)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _usage(**granted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})


def _ca_extensions() -> Extensions:
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (x509.BasicConstraints(ca=True, path_length=0), True), (usage, True)


def _signer_extensions() -> Extensions:
    usage = _usage(digital_signature=True, content_commitment=True)
    return (x509.BasicConstraints(ca=False, path_length=None), True), (usage, True)


def _tsa_extensions() -> Extensions:
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    usage = _usage(digital_signature=True)
    return (x509.BasicConstraints(ca=False, path_length=None), True), (usage, True), (purpose, True)


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, data: bytes) -> None:
    with disk_errors(path):
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(data)
