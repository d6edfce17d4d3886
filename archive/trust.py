"""What signatures are judged and prolonged with: trust anchors, time-stamp authority, revocation evidence. No key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms, keys, pem, x509
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from archive.revocation import Evidence, RevocationSource
from archive.signing_config import Level, Revocation, SigningConfig
from archive.timestamps import HttpTimeStamper
from core.errors import BadInputError
from core.files import disk_errors

Chain = tuple[x509.Certificate, ...]
"""Certificates from the root to the one in question."""


@dataclass(frozen=True)
class Trust:
    """Whom we trust and whom we ask; the same for signing, verifying and renewing.

    Loaded in each process anew, once: answers about revocation are kept in ``source``.
    """

    anchors: tuple[x509.Certificate, ...]
    timestamper: TimeStamper
    intermediates: tuple[x509.Certificate, ...] = ()
    source: RevocationSource = field(default_factory=RevocationSource)
    level: Level = Level.BLTA
    demands_revocation: bool = False

    def context(
        self, moment: datetime, evidence: Evidence, *, strict: bool, others: Iterable[x509.Certificate] = ()
    ) -> ValidationContext:
        """What a certificate is validated in as of ``moment``, with the given evidence and no other.

        Args:
            strict: whether the state of each certificate must be known; else only a known revocation counts.
            others: further certificates to build chains with.
        """
        return make_context(self.anchors, moment, evidence, strict=strict, others=(*self.intermediates, *others))

    def stamper_certificates(self) -> list[x509.Certificate]:
        """The certificate of the time-stamp authority first, then those that it sends along.

        Raises:
            MissingToolError: the authority cannot be reached.
        """
        token: cms.ContentInfo = asyncio.run(self.timestamper.async_dummy_response("sha256"))
        found = extract_certificate_info(token["content"])
        return [found.signer_cert, *found.other_certs]


def make_context(
    anchors: Sequence[x509.Certificate],
    moment: datetime,
    evidence: Evidence,
    *,
    strict: bool,
    others: Iterable[x509.Certificate] = (),
) -> ValidationContext:
    """As :meth:`Trust.context`, for given anchors.

    Evidence issued after ``moment`` counts too (a later list tells when a certificate was revoked); evidence that was
    out of date at ``moment`` does not.
    """
    evidence = evidence.fresh_at(moment)
    return ValidationContext(
        trust_roots=list(anchors),
        other_certs=list(others),
        moment=moment,
        allow_fetching=False,
        crls=list(evidence.crls),
        ocsps=list(evidence.ocsps),
        revocation_mode="require" if strict else "soft-fail",
        retroactive_revinfo=True,
    )


def find_chain(
    certificate: x509.Certificate, context: ValidationContext, others: Iterable[x509.Certificate] = ()
) -> Chain:
    """The validated chain of a certificate.

    Raises:
        pyhanko_certvalidator.errors.PathError: there is none up to the anchors.
        pyhanko_certvalidator.errors.ValidationError: there is one, but it is not valid.
    """
    validator = CertificateValidator(certificate, intermediate_certs=list(others), validation_context=context)
    path = asyncio.run(validator.async_validate_usage(set()))
    return tuple(path.iter_certs(include_root=True))


def find_known_chain(
    certificate: x509.Certificate,
    anchors: Sequence[x509.Certificate],
    moment: datetime,
    evidence: Evidence,
    others: Sequence[x509.Certificate] = (),
) -> Chain:
    """As :func:`find_chain`; a revocation that only evidence out of date tells of counts too, for it is for good.

    Raises:
        pyhanko_certvalidator.errors.RevokedError: it was revoked at ``moment`` or before.
        pyhanko_certvalidator.errors.PathError: there is no chain up to the anchors.
        pyhanko_certvalidator.errors.ValidationError: there is one, but it is not valid.
    """
    chain = find_chain(certificate, make_context(anchors, moment, evidence, strict=False, others=others), others)
    stale = evidence.stale_since(moment)
    if stale is not None:
        earlier = make_context(anchors, stale - timedelta(seconds=2), evidence, strict=False, others=others)
        try:
            find_chain(certificate, earlier, others)
        except RevokedError:
            raise
        except (PathError, ValidationError):
            return chain  # the certificate was not valid yet, or that evidence is about others
    return chain


def load_trust(config: SigningConfig) -> Trust:
    """Read anchors, certificates and revocation lists, and make ready the time-stamp authority.

    Raises:
        BadInputError: a file is missing or unreadable.
    """
    seconds = None if config.revocation is Revocation.FILES else config.service_seconds
    return Trust(
        anchors=read_certificates(config.trust_anchors),
        timestamper=_timestamper(config),
        intermediates=read_certificates(config.certificates),
        source=RevocationSource(config.crls, seconds),
        level=config.level,
        demands_revocation=config.revocation is Revocation.REQUIRE,
    )


def _timestamper(config: SigningConfig) -> TimeStamper:
    if config.tsa_url is not None:
        return HttpTimeStamper(config.tsa_url)
    assert config.demo_tsa_key is not None and config.demo_tsa_certificate is not None
    (certificate,) = read_certificates([config.demo_tsa_certificate])
    key = _decode(config.demo_tsa_key, keys.PrivateKeyInfo)[0]
    return DummyTimeStamper(tsa_cert=certificate, tsa_key=key)


def read_certificates(paths: Sequence[Path]) -> tuple[x509.Certificate, ...]:
    """All certificates of some PEM files.

    Raises:
        BadInputError: a file is missing, or holds something else than certificates.
    """
    return tuple(found for path in paths for found in _decode(path, x509.Certificate))


def _decode(path: Path, kind: Any) -> list[Any]:
    data = read_secret(path)
    try:
        found = [kind.load(der, strict=True) for _, _, der in pem.unarmor(data, multiple=True)]
        for entry in found:
            entry.native  # noqa: B018  asn1crypto parses when asked; a damaged file has to be found here
    except (ValueError, TypeError) as err:
        raise BadInputError("archive.signing-file-bad", file=path) from err
    return found


def read_secret(path: Path) -> bytes:
    """The bytes of a file that signing needs.

    Raises:
        BadInputError: it is missing or cannot be read.
    """
    try:
        with disk_errors(path):
            return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as err:
        raise BadInputError("archive.signing-file-missing", file=path) from err
