"""What proves that a signature existed at a time: its time stamp, and the document time stamps laid over it later.

Each stamp has to be good when the next was laid over it, and the last today (the past signature validation of ETSI EN
319 102-1, 5.6, with the stamps of the file itself as the only proofs of existence).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator.errors import ExpiredError, PathError, RevokedError, ValidationError

from archive.algorithms import algorithm_name, strong_until
from archive.revocation import Evidence
from archive.trust import find_chain, find_known_chain, make_context


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: when, by whom, and how long it counts if nothing is laid over it."""

    at: datetime
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    digest: str

    @property
    def algorithm(self) -> str:
        """Digest and key."""
        return algorithm_name(self.digest, self.certificate)

    @property
    def good_until(self) -> datetime:
        """The end of the certificate or of the algorithm, whichever comes first."""
        until: datetime = self.certificate.not_valid_after
        return min(until, strong_until(self.digest, self.certificate))


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file itself holds for its proof (its DSS dictionary)."""

    certificates: tuple[x509.Certificate, ...] = ()
    evidence: Evidence = Evidence()


def read_kept(reader: PdfFileReader) -> Kept:
    """The certificates and revocation data of a PDF; none where it has no DSS dictionary."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Kept()
    lists = [crl.CertificateList.load(_data(ref, DecodePurpose.CRL)) for ref in store.crls]
    answers = [ocsp.OCSPResponse.load(_data(ref, DecodePurpose.OCSP_RESPONSE)) for ref in store.ocsps]
    return Kept(tuple(store.load_certs()), Evidence(tuple(lists), tuple(answers)))


def _data(reference: object, purpose: DecodePurpose) -> bytes:
    data: bytes = reference.get_object().read_data(purpose)  # type: ignore[attr-defined]
    return data


def signature_stamp(signature: EmbeddedPdfSignature) -> Stamp | None:
    """The time stamp in a signature."""
    for data in extract_tst_data_iter(signature.signer_info, signed=False):
        return read_stamp(data)
    return None


def read_stamp(data: cms.SignedData) -> Stamp:
    """A time-stamp token, as it stands in a signature or as a document time stamp."""
    found = extract_certificate_info(data)
    info = data["encap_content_info"]["content"].parsed
    digest = data["signer_infos"][0]["digest_algorithm"]["algorithm"].native
    return Stamp(info["gen_time"].native, found.signer_cert, tuple(found.other_certs), digest)


def broken_links(
    stamps: Sequence[Stamp],
    anchors: Sequence[x509.Certificate],
    certificates: Sequence[x509.Certificate],
    evidence: Evidence,
    now: datetime,
) -> Iterator[str]:
    """Why the stamps, in the order of time, do not reach from the first one to today; nothing if they do."""
    ends = [stamp.at for stamp in stamps[1:]] + [now]
    for stamp, end in zip(stamps, ends, strict=True):
        others = (*certificates, *stamp.others)
        name, day = stamp.certificate.subject.human_friendly, f"{end:%Y-%m-%d}"
        try:
            find_known_chain(stamp.certificate, anchors, end, evidence, others)
        except ExpiredError:
            yield f"a certificate of the time stamp by {name} had expired on {day} and nothing newer proves it"
        except RevokedError as err:
            yield f"the certificate of the time stamp by {name} was revoked on {err.revocation_dt:%Y-%m-%d}"
        except (PathError, ValidationError) as err:
            yield f"the time stamp by {name} is not proven on {day}: {err}"
        if strong_until(stamp.digest, stamp.certificate) < end:
            yield f"the algorithms of the time stamp by {name} ({stamp.algorithm}) were weak on {day}"


def is_known_good(
    certificate: x509.Certificate,
    at: datetime,
    anchors: Sequence[x509.Certificate],
    kept: Kept,
    others: Sequence[x509.Certificate] = (),
) -> bool:
    """Whether the file itself proves that no certificate of the chain was revoked at that time."""
    known = (*kept.certificates, *others)
    try:
        find_chain(certificate, make_context(anchors, at, kept.evidence, strict=True, others=known), known)
    except (PathError, ValidationError):
        return False
    return True
