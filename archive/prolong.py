"""Signatures that can be proven for as long as they are looked after: levels B-LT and B-LTA (ETSI EN 319 142-1).

One incremental update adds what a court needs in thirty years and no service will give then: the certificates and the
revocation data of every signature and time stamp in the file (DSS dictionary), and a document time stamp over it all.
The same is done after signing and again before the last time stamp ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from archive.proof import Kept, Stamp, is_known_good, read_kept, read_stamp, signature_stamp
from archive.revocation import Evidence
from archive.signing_config import Level
from archive.timestamps import STAMP_DIGEST
from archive.trust import Chain, Trust, find_chain
from archive.update import FaithfulWriter, whole_file
from core.errors import BadInputError, MissingToolError

_FIELD = "ButLucStamp{number}"
_FIELD_TITLE = "Dấu thời gian của tài liệu"


@dataclass(frozen=True, slots=True)
class _Use:
    """A certificate that signed or stamped, and when."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    at: datetime


def prolong(source: Path, target: Path, trust: Trust) -> str | None:
    """Write the signed PDF ``source`` raised to ``trust.level`` to ``target``, which appears whole or not at all.

    Returns:
        ``None``, or why the level was not reached: the state of a certificate is not known. Then there is no
        ``target``.

    Raises:
        BadInputError: ``source`` is no readable PDF or bears no signature, a certificate in it was revoked when it was
            used, or has no chain to the trust anchors.
        MissingToolError: the time-stamp authority cannot be reached, the disk is full, or the state of a certificate is
            not known and the settings demand it.
    """
    with source.open("rb") as reader:
        try:
            writer = FaithfulWriter(reader)
            kept, uses = read_kept(writer.prev), list(_uses(writer.prev))
        except (PdfError, ValueError) as err:
            raise BadInputError("archive.sign-unreadable", file=source) from err
        if not uses:
            raise BadInputError("archive.prolong-unsigned", file=source)
        if trust.level is Level.BLTA:
            leaf, *others = trust.stamper_certificates()
            uses.append(_Use(leaf, tuple(others), datetime.now(UTC)))
        chains = [_chain(source, trust, use, kept.evidence) for use in uses]
        evidence = _gather(trust, uses, chains, kept)
        if evidence.missing:
            return _not_known(source, trust, evidence)
        for use in uses:
            _chain(source, trust, use, kept.evidence + evidence)
        certificates = dict.fromkeys(certificate for chain in chains for certificate in chain)
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, certs=certificates, ocsps=evidence.ocsps, crls=evidence.crls
        )
        with whole_file(target) as temp:
            _write(writer, temp, source, trust)
    return None


def _uses(reader: PdfFileReader) -> Iterator[_Use]:
    """Every certificate that signed or stamped something in the file."""
    for signature in reader.embedded_regular_signatures:
        stamp = signature_stamp(signature)
        if stamp is not None:
            yield _Use(signature.signer_cert, tuple(signature.other_embedded_certs), stamp.at)
            yield _stamped(stamp)
    for signature in reader.embedded_timestamp_signatures:
        yield _stamped(read_stamp(signature.signed_data))


def _stamped(stamp: Stamp) -> _Use:
    return _Use(stamp.certificate, stamp.others, stamp.at)


def _chain(source: Path, trust: Trust, use: _Use, evidence: Evidence) -> Chain:
    """The chain of a certificate, good in the light of the evidence when the certificate was used."""
    subject = use.certificate.subject.human_friendly
    context = trust.context(use.at, evidence, strict=False, others=use.others)
    try:
        return find_chain(use.certificate, context, use.others)
    except RevokedError as err:
        since = err.revocation_dt.isoformat(sep=" ", timespec="minutes")
        raise BadInputError("archive.signing-revoked", file=source, subject=subject, since=since) from err
    except (PathError, ValidationError) as err:
        raise BadInputError("archive.signing-untrusted", file=source, subject=subject, why=str(err)) from err


def _gather(trust: Trust, uses: list[_Use], chains: list[Chain], kept: Kept) -> Evidence:
    """Fresh evidence about all certificates; what nobody answers for is missing, unless the file proves it already.

    Authorities drop certificates that have expired from their lists, so those are not asked about again.
    """
    now, found = datetime.now(UTC), Evidence()
    for use, chain in zip(uses, chains, strict=True):
        expired = use.certificate.not_valid_after < now
        fresh = Evidence(missing=(f"{use.certificate.subject.human_friendly}: expired",))
        if not expired:
            fresh = trust.source.collect([chain])
        if fresh.missing and is_known_good(use.certificate, use.at, trust.anchors, kept, chain):
            fresh = Evidence(fresh.crls, fresh.ocsps)
        found += fresh
    return found


def _not_known(source: Path, trust: Trust, evidence: Evidence) -> str:
    why = "; ".join(evidence.missing)
    if trust.demands_revocation:
        raise MissingToolError("archive.revocation-unknown", file=source, why=why)
    return why


def _write(writer: FaithfulWriter, temp: Path, source: Path, trust: Trust) -> None:
    number = len(writer.prev.embedded_signatures)
    with temp.open("w+b") as out:
        try:
            if trust.level is Level.BLTA:
                stamper = PdfTimeStamper(
                    trust.timestamper, field_name=_FIELD.format(number=number), readable_field_name=_FIELD_TITLE
                )
                stamper.timestamp_pdf(writer, STAMP_DIGEST, output=out)
            else:
                writer.write(out)
        except TimestampRequestError as err:
            raise MissingToolError("archive.tsa-refused", why=str(err)) from err
        except PdfError as err:
            raise BadInputError("archive.sign-unreadable", file=source) from err
        out.flush()
        os.fsync(out.fileno())
