"""What a PDF's signatures are worth: ours as a verdict, those of incoming PDFs as a description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from archive.identity import common_name
from core.model import Verdict, VerdictState

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


def check_signature(path: Path, anchors: Sequence[x509.Certificate]) -> Verdict:
    """Verdict on a file that this product has signed: intact, valid, trusted, time-stamped, covering the whole file.

    Certificates are judged at the time that the time stamp tells, for a record outlives its certificates (the shell
    model of ETSI EN 319 102-1, 5.5, as far as level B-T can carry it); ``details`` names certificates that have
    expired since. Whatever is wrong with the file gives ``FAILED`` with the reasons.
    """
    problems: list[str] = []
    details: dict[str, str] = {}
    try:
        with _reader(path) as reader:
            signatures = reader.embedded_regular_signatures
            if not signatures:
                problems.append("no signature")
            for number, signature in enumerate(signatures):
                last = number == len(signatures) - 1
                problems += _judge(signature, anchors, details, last)
    except Exception as err:  # damaged bytes break a PDF reader in any way there is; each is a reason to fail the file
        problems.append(f"unreadable: {type(err).__name__}: {err}")
    state = VerdictState.FAILED if problems else VerdictState.PASSED
    return Verdict(CHECK, state, f"pyHanko {version('pyHanko')}", tuple(problems), details)


def _judge(
    signature: EmbeddedPdfSignature, anchors: Sequence[x509.Certificate], details: dict[str, str], last: bool
) -> list[str]:
    stamped = _stamp_time(signature)
    moment = stamped or datetime.now(UTC)
    context = ValidationContext(trust_roots=list(anchors), moment=moment, allow_fetching=False)
    status = validate_pdf_signature(signature, context, skip_diff=last)
    details.update(_details(signature, status, stamped))
    checks = (
        (status.intact, "changed after signing: the digest does not match"),
        (status.valid, "the signature value does not fit the certificate"),
        (status.trusted, f"certificate not trusted: {status.summary()}"),
        (not last or status.coverage == SignatureCoverageLevel.ENTIRE_FILE, "bytes were added after the signature"),
        (status.timestamp_validity is not None, "no time stamp"),
        (status.timestamp_validity is None or _stamp_good(status), "the time stamp is not valid or not trusted"),
        (signature.sig_object.get("/SubFilter") == _PADES, "not a PAdES signature"),
        (status.bottom_line, f"rejected: {status.summary()}"),
    )
    return [problem for good, problem in checks if not good]


def _stamp_good(status: PdfSignatureStatus) -> bool:
    stamp = status.timestamp_validity
    return bool(stamp.valid and stamp.intact and stamp.trusted)


def _stamp_time(signature: EmbeddedPdfSignature) -> datetime | None:
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            info = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            moment: datetime = info["gen_time"].native
            return moment
    return None


def _details(signature: EmbeddedPdfSignature, status: PdfSignatureStatus, stamped: datetime | None) -> dict[str, str]:
    certificate = signature.signer_cert
    found = {
        "signer": common_name(certificate),
        "level": "PAdES B-T" if stamped else "PAdES B-B",
        "digest": str(status.md_algorithm),
    }
    claimed = signature.self_reported_timestamp
    if claimed is not None:
        found["claimed"] = claimed.isoformat()
    if stamped is not None:
        found["stamped"] = stamped.isoformat()
    if certificate.not_valid_after < datetime.now(UTC):
        found["expired_since"] = certificate.not_valid_after.isoformat()
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
