"""PAdES B-T signatures (ETSI EN 319 142-1) with a visible block, by incremental update, so that PDF/A is kept.

What makes them last is added by :mod:`archive.prolong`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession

from archive.appearance import BlockStyle
from archive.identity import SigningIdentity, check_certificate
from archive.prolong import prolong
from archive.signing_config import Level
from archive.stamp import HANOI, Placement
from archive.timestamps import STAMP_DIGEST
from archive.update import FaithfulWriter, lasting_update, whole_file
from core.errors import BadInputError

FIELD = "ButLuc"
_FIELD_TITLE = "Chữ ký số của cơ quan, tổ chức"


def sign(
    source: Path,
    target: Path,
    identity: SigningIdentity,
    placement: Placement,
    *,
    at: datetime | None = None,
    reason: str | None = None,
    location: str | None = None,
) -> None:
    """Write ``source`` with the organisation's signature to ``target``, which appears whole or not at all.

    ``source`` has been extended already where ``placement`` asks for it. SHA-256, with an RFC 3161 time stamp in the
    signature. ``at`` is the time shown in the block and claimed in the signature, now where it is left out; the time
    stamp always tells the time-stamp authority's own clock.

    Raises:
        BadInputError: the certificate must not sign at that time, ``source`` is no readable PDF, or it is signed
            already.
        MissingToolError: the time-stamp authority cannot be reached, or the disk is full.
    """
    moment = (at or datetime.now(UTC)).astimezone(HANOI).replace(microsecond=0)
    check_certificate(identity, moment)
    signer = _TimedSigner(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm=STAMP_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            reason=reason,
            location=location,
        ),
        identity.signer,
        timestamper=identity.timestamper,
        stamp_style=BlockStyle(border_width=0, lines=placement.lines_at(moment), rotate=placement.rotate),
        new_field_spec=SigFieldSpec(FIELD, on_page=0, box=placement.rect, readable_field_name=_FIELD_TITLE),
    )
    signer.moment = moment
    with whole_file(target) as temp:
        _write(source, temp, signer)


def sign_to_last(source: Path, target: Path, identity: SigningIdentity, placement: Placement) -> str | None:
    """Sign as :func:`sign` does and raise the signature to the level that the settings ask for.

    Returns:
        ``None``, or why the signature stayed at B-T.

    Raises:
        BadInputError, MissingToolError: as :func:`sign` and :func:`archive.prolong.prolong` do.
    """
    if identity.trust.level is Level.BT:
        sign(source, target, identity, placement)
        return None
    stamped = target.with_name(f"{target.stem}.b-t.pdf")
    try:
        sign(source, stamped, identity, placement)
        reason = prolong(stamped, target, identity.trust)
        if reason is not None:
            stamped.replace(target)
        return reason
    finally:
        stamped.unlink(missing_ok=True)


class _TimedSigner(PdfSigner):  # type: ignore[misc]
    """Signs at a given moment, so that the block and the signature tell the same second."""

    moment: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.moment
        return session


def _write(source: Path, temp: Path, signer: PdfSigner) -> None:
    with source.open("rb") as reader, temp.open("w+b") as out:
        try:
            writer = FaithfulWriter(reader)
            signed = bool(writer.prev.embedded_signatures)
            encrypted = writer.prev.encrypted
        except (PdfError, ValueError) as err:
            raise BadInputError("archive.sign-unreadable", file=source) from err
        if signed:
            raise BadInputError("archive.sign-signed-already", file=source)
        if encrypted:
            raise BadInputError("archive.sign-unreadable", file=source)
        with lasting_update(out, source):
            signer.sign_pdf(writer, output=out)
