"""What a PDF's signatures are worth: ours as a verdict then and now, those of incoming PDFs as a description."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import ModificationInfo, PdfSignatureStatus
from pyhanko_certvalidator.errors import ExpiredError, PathError, RevokedError, ValidationError

from archive.algorithms import algorithm_name, strong_until
from archive.identity import common_name
from archive.proof import Kept, Stamp, broken_links, is_known_good, read_kept, read_stamp, signature_stamp
from archive.revocation import Evidence
from archive.signing_config import Level
from archive.trust import find_known_chain, make_context
from core.model import Verdict, VerdictState

# A signature that nobody here trusts is a verdict, and no news with a traceback.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

CHECK = "signature"
_PADES = "/ETSI.CAdES.detached"


@dataclass(frozen=True, slots=True)
class SignatureNote:
    """One signature of a PDF as it came in; nothing is said of trust."""

    who: str | None
    when: str | None
    """The time claimed, ISO 8601 with offset."""
    intact: bool
    """Whether the signed bytes and the signature fit together."""
    covers_file: bool
    """Whether nothing was added after the signature."""
    problem: str | None = None


@dataclass(slots=True)
class _Findings:
    """What a check has found so far: ``problems`` refute the signature, ``doubts`` leave it unproven today."""

    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)

    def demand(self, *checks: tuple[bool, str]) -> None:
        self.problems += [problem for good, problem in checks if not good]

    @property
    def state(self) -> VerdictState:
        if self.problems:
            return VerdictState.FAILED
        return VerdictState.NOT_VERIFIED if self.doubts else VerdictState.PASSED


def check_signature(
    path: Path,
    anchors: Sequence[x509.Certificate],
    *,
    others: Sequence[x509.Certificate] = (),
    evidence: Evidence | None = None,
    now: datetime | None = None,
) -> Verdict:
    """Verdict on a file that this product has signed: intact, valid, trusted, time-stamped, with nothing but proofs
    added since.

    The signing certificate is judged as of the time that its time stamp tells; later expiry or revocation does not
    refute a signature and is told in ``details``: ``then`` and ``now``. Each time stamp has to be good until the next
    was laid over it, and the last one today; otherwise the state is "not verified", with the reason. What is wrong with
    the file itself gives ``FAILED``.

    Args:
        anchors: the roots that are trusted.
        others: certificates between them and those in the file, where the file lacks some.
        evidence: what is known of revocations beside what the file holds.
        now: the time that "today" means.
    """
    found = _Findings()
    try:
        with _reader(path) as reader:
            extra = Kept(tuple(others), evidence or Evidence())
            _File(reader, anchors, extra, now or datetime.now(UTC), found).judge()
    except Exception as err:  # damaged bytes break a PDF reader in any way there is; each is a reason to fail the file
        found.problems.append(f"unreadable: {type(err).__name__}: {err}")
    problems = (*found.problems, *found.doubts)
    return Verdict(CHECK, found.state, f"pyHanko {version('pyHanko')}", problems, found.details)


class _File:
    """One signed file under judgment."""

    def __init__(
        self,
        reader: PdfFileReader,
        anchors: Sequence[x509.Certificate],
        extra: Kept,
        now: datetime,
        found: _Findings,
    ) -> None:
        self._anchors, self._now, self._found = anchors, now, found
        self._all = reader.embedded_signatures
        self._signatures = reader.embedded_regular_signatures
        self._document_stamps = reader.embedded_timestamp_signatures
        self._kept = read_kept(reader)
        self._ends_with_update = _ends_with_update(reader)
        self._evidence = self._kept.evidence + extra.evidence
        self._others = (*self._kept.certificates, *extra.certificates)

    def judge(self) -> None:
        """Judge everything; findings go where the constructor was told."""
        if not self._signatures:
            self._found.problems.append("no signature")
        for signature in self._signatures:
            self._judge_signature(signature)
        over = [self._judge_stamp(stamp) for stamp in self._document_stamps]
        if len(self._signatures) == 1:
            self._judge_proof(self._signatures[0], over)

    def _context(self, moment: datetime) -> object:
        return make_context(self._anchors, moment, self._evidence, strict=False, others=self._others)

    def _judge_signature(self, signature: EmbeddedPdfSignature) -> None:
        stamp = signature_stamp(signature)
        context = self._context(stamp.at if stamp else self._now)
        status = validate_pdf_signature(signature, context)
        self._found.details.update(_details(signature, status, stamp))
        self._found.demand(
            (status.intact, "changed after signing: the digest does not match"),
            (status.valid, "the signature value does not fit the certificate"),
            (status.trusted, f"certificate not trusted at the time of signing: {status.summary()}"),
            (stamp is not None, "no time stamp"),
            (stamp is None or _stamp_good(status), "the time stamp is not valid or not trusted"),
            (signature.sig_object.get("/SubFilter") == _PADES, "not a PAdES signature"),
            (status.bottom_line, f"rejected: {status.summary()}"),
        )
        self._demand_whole(signature, status, "signature")

    def _judge_stamp(self, signature: EmbeddedPdfSignature) -> Stamp:
        stamp = read_stamp(signature.signed_data)
        status = validate_pdf_timestamp(signature, self._context(stamp.at))
        self._found.demand(
            (status.intact and status.valid, "a document time stamp does not fit the file"),
            (status.trusted, f"a document time stamp is not trusted: {status.summary()}"),
        )
        self._demand_whole(signature, status, "document time stamp")
        return stamp

    def _demand_whole(self, signature: EmbeddedPdfSignature, status: ModificationInfo, what: str) -> None:
        """Nothing but proofs came after it, after a document time stamp nothing at all; B-LT ends with bare proofs."""
        if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
            return
        level = status.modification_level
        proofs = level is not None and level <= ModificationLevel.LTA_UPDATES
        self._found.demand((proofs, f"the document was changed after the {what}"))
        if self._is_last(signature):
            bare = bool(self._kept.certificates) and not self._document_stamps and self._ends_with_update
            self._found.demand((bare, f"bytes were added after the {what}"))

    def _judge_proof(self, signature: EmbeddedPdfSignature, over: Sequence[Stamp]) -> None:
        first = signature_stamp(signature)
        if first is None:
            return
        stamps = sorted((first, *over), key=lambda stamp: stamp.at)
        self._found.doubts += broken_links(stamps, self._anchors, self._others, self._evidence, self._now)
        level = self._level(signature, first, over)
        last = stamps[-1]
        self._found.details.update(
            level=level.full_name,
            revocation="unknown" if level is Level.BT else "good",
            last_stamp=last.at.isoformat(),
            last_stamp_by=common_name(last.certificate),
            last_stamp_algorithm=last.algorithm,
            last_stamp_expires=last.certificate.not_valid_after.isoformat(),
            proven_until=last.good_until.isoformat(),
            then="invalid" if self._found.problems else "valid",
            **self._today(signature.signer_cert, str(self._found.details["digest"])),
        )

    def _level(self, signature: EmbeddedPdfSignature, first: Stamp, over: Sequence[Stamp]) -> Level:
        """What the file proves by itself, never what its form suggests."""
        known = is_known_good(signature.signer_cert, first.at, self._anchors, self._kept) and is_known_good(
            first.certificate, first.at, self._anchors, self._kept, first.others
        )
        if not known:
            return Level.BT
        return Level.BLTA if over else Level.BLT

    def _today(self, certificate: x509.Certificate, digest: str) -> dict[str, str]:
        """What has become of the signing certificate since."""
        strong = strong_until(digest, certificate)
        weak = {"weak_since": strong.isoformat()} if strong < self._now else {}
        try:
            find_known_chain(certificate, self._anchors, self._now, self._evidence, self._others)
        except RevokedError as err:
            return {"now": "revoked", "revoked_since": err.revocation_dt.isoformat(), **weak}
        except ExpiredError:
            return {"now": "expired", "expired_since": certificate.not_valid_after.isoformat(), **weak}
        except (PathError, ValidationError):
            return {"now": "untrusted", **weak}
        return {"now": "weak" if weak else "valid", **weak}

    def _is_last(self, signature: EmbeddedPdfSignature) -> bool:
        return bool(signature.field_name == self._all[-1].field_name)


def _ends_with_update(reader: PdfFileReader) -> bool:
    """Whether the file ends where its last update ends, with no bytes after it that no reader would show."""
    reader.stream.seek(-16, os.SEEK_END)
    return bool(reader.stream.read().rstrip(b"\r\n").endswith(b"%%EOF"))


def _stamp_good(status: PdfSignatureStatus) -> bool:
    stamp = status.timestamp_validity
    return bool(stamp and stamp.valid and stamp.intact and stamp.trusted)


def _details(signature: EmbeddedPdfSignature, status: PdfSignatureStatus, stamp: Stamp | None) -> dict[str, str]:
    certificate = signature.signer_cert
    found = {
        "signer": common_name(certificate),
        "level": (Level.BT if stamp else Level.BB).full_name,
        "digest": str(status.md_algorithm),
        "algorithm": algorithm_name(str(status.md_algorithm), certificate),
    }
    claimed = signature.self_reported_timestamp
    if claimed is not None:
        found["claimed"] = claimed.isoformat()
    if stamp is not None:
        found["stamped"] = stamp.at.isoformat()
    return found


def describe_signatures(path: Path) -> list[SignatureNote]:
    """The signatures of any PDF, in the order of signing; an empty list for a file without.

    A file that cannot be read although it bears the marks of a signature gives one note that says so.
    """
    try:
        with _reader(path) as reader:
            return [_describe(signature) for signature in reader.embedded_regular_signatures]
    except Exception as err:  # foreign PDFs break a reader in any way there is; the note carries the reason
        if b"/ByteRange" not in path.read_bytes():
            return []
        return [SignatureNote(None, None, False, False, f"unreadable: {type(err).__name__}: {err}")]


def _describe(signature: EmbeddedPdfSignature) -> SignatureNote:
    try:
        claimed = signature.self_reported_timestamp
        when = claimed.isoformat() if claimed is not None else None
        who = common_name(signature.signer_cert)
        digest = signature.compute_digest()
        intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
        covers = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except Exception as err:  # as above: old or odd signature kinds are described, not judged
        return SignatureNote(None, None, False, False, f"{type(err).__name__}: {err}")
    return SignatureNote(who, when, intact and valid, covers)


@contextmanager
def _reader(path: Path) -> Iterator[PdfFileReader]:
    with path.open("rb") as stream:
        yield PdfFileReader(stream, strict=False)
