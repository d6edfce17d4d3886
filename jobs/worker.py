"""Making documents in a worker process: built, checked, signed, checked again. Whole in the cache, or not at all.

A result is keyed by the hash of its input and of its recipe, so the same work is never done twice and a killed run
leaves nothing that could be mistaken for a result.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.about import DocumentAbout
from archive.document import BuildResult, build_document
from archive.identity import SigningIdentity, load_identity
from archive.incoming import report_signatures
from archive.signatures import SignatureNote, check_signature
from archive.signer import sign_to_last
from archive.signing_config import Level, SigningConfig
from archive.stamp import extend_page, plan_block, read_geometry
from archive.verapdf import VeraPdf
from core import __version__
from core.config import plain
from core.errors import ButlucError
from core.files import digest, fsync_dir, fsync_tree, sha256_file, write_atomic
from core.ids import split_page
from core.model import MasterKind, PageImage, RecognizedPage, Verdict, VerdictState
from imaging.ink import ink_mask
from imaging.raster import load_page
from jobs.catalogue import is_live
from jobs.profile import Profile
from jobs.reading import PageTask, read_together, room_in, work_folder
from jobs.record import make_record
from metadata.fields import read_fields
from metadata.secrecy import secrecy_mark
from metadata.title import document_title
from ocr.alto import write_alto
from ocr.hocr import write_hocr


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """Make the archival form of one document whose live pages have been read."""

    id: str
    case_file: str
    batch: str
    profile_name: str
    profile: Profile
    label: str
    pages_key: str
    images: tuple[PageImage, ...]
    organisation: str
    who: str
    at: str
    signature: SigningConfig | None
    verapdf: Path
    cache: Path
    sheets: Mapping[str, int] = field(default_factory=dict)
    """Number of the sheet of paper in its batch, by page, where it is known."""
    pin: str | None = field(default=None, repr=False)
    """Opens the token that holds the signing key; it is kept in memory alone."""

    @property
    def key(self) -> str:
        """Hash of the pages' readings and of the recipe of the document."""
        readings = [page.key for page in self.page_tasks()]
        signer = [self.signature.key_place.name, self.signature.level] if self.signature else None
        recipe = [plain(self.profile.archive), self.organisation, signer, __version__]
        return digest([self.id, self.pages_key, self.label, readings, recipe])

    @property
    def folder(self) -> Path:
        """Where the finished document is kept until it is published."""
        return self.cache / "documents" / self.key[:2] / self.key

    def page_tasks(self) -> list[PageTask]:
        """The readings that the document needs."""
        return [PageTask(image, self.profile.ocr, self.cache) for image in self.images if is_live(image)]


@cache
def checker(home: Path) -> VeraPdf:
    """The PDF/A checker of this process: one JVM for many files."""
    return VeraPdf(home)


@cache
def identity(config: SigningConfig, pin: str | None = None) -> SigningIdentity:
    """The signing identity of this process: opening a key checks it, which takes as long as two signatures."""
    return load_identity(config, pin)


def kept_document(folder: Path, document: str) -> dict[str, Any] | None:
    """The record of a finished document in the cache; ``None`` if there is none, or its PDF is not what it was."""
    try:
        record: dict[str, Any] = json.loads((folder / "document.json").read_bytes())
        whole = sha256_file(folder / f"{document}.pdf") == record["pdf_sha256"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return record if whole else None


def make_document(task: DocumentTask) -> dict[str, Any]:
    """Build, check, sign and check again; the document's record, its files in ``task.folder``.

    Raises:
        ButlucError: a check failed, the certificate cannot be used, or a page bears a secrecy mark.
        MissingToolError: the disk is full.
    """
    kept = kept_document(task.folder, task.id)
    if kept is not None:
        return kept
    live = [page.image for page in task.page_tasks()]
    read_pages = read_together(task.page_tasks())
    _refuse_secrets(task, read_pages)
    with room_in(work_folder(task.cache)):
        task.folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="document-", dir=work_folder(task.cache)))
        try:
            record = _make_in(work, task, live, read_pages)
            write_atomic(work / "document.json", json.dumps(record, ensure_ascii=False, indent=1).encode())
            fsync_tree(work)
            shutil.rmtree(task.folder, ignore_errors=True)
            work.rename(task.folder)
            fsync_dir(task.folder.parent)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return record


def _refuse_secrets(task: DocumentTask, pages: list[RecognizedPage]) -> None:
    """Stop at a secrecy mark and forget what was read: such a text must not lie about (Luật 117/2025/QH15)."""
    mark = secrecy_mark(pages)
    if mark is not None:
        for page in task.page_tasks():
            page.path.unlink(missing_ok=True)
        raise ButlucError("jobs.secret-mark", file=task.id, mark=mark.value, page=mark.page or 1)


def _make_in(work: Path, task: DocumentTask, live: list[PageImage], pages: list[RecognizedPage]) -> dict[str, Any]:
    fields = read_fields(pages)
    title = document_title(fields, task.label)
    language = max((page.language for page in pages), key=[page.language for page in pages].count, default="vi")
    about = DocumentAbout(
        id=task.id,
        case_file=task.case_file,
        title=title,
        language=language,
        fields=fields,
        organisation=task.organisation,
        converted_by=task.who,
        converted_at=task.at,
        profile=task.profile_name,
    )
    pdf = work / f"{task.id}.pdf"
    built, verdicts = _archive(work, pdf, task, about, list(zip(live, pages, strict=True)))
    for image, page in zip(live, pages, strict=True):
        number = split_page(image.id)[1]
        write_atomic(work / f"p{number:04d}.alto.xml", write_alto(page, image.id))
        write_atomic(work / f"p{number:04d}.hocr", write_hocr(page, image.id))
    readings = dict(zip(live, pages, strict=True))
    return make_record(task, about, built.route, sha256_file(pdf), verdicts, readings, _incoming(live))


def _incoming(live: list[PageImage]) -> dict[PageImage, list[SignatureNote]]:
    """The signatures that PDF masters came with: the masters keep them, the PDF/A made from them does not."""
    masters = {image.sha256: image for image in live if image.kind is MasterKind.PDF}
    return {image: report_signatures(image.master) for image in masters.values()}


def _archive(
    work: Path,
    pdf: Path,
    task: DocumentTask,
    about: DocumentAbout,
    pages: list[tuple[PageImage, RecognizedPage]],
) -> tuple[BuildResult, list[Verdict]]:
    flavour = task.profile.archive.flavour
    check = checker(task.verapdf)
    plain_pdf = work / "unsigned.pdf"
    built = build_document(plain_pdf, pages, about, task.profile.archive, lambda path: check.check(path, flavour))
    if task.signature is None:
        verdict = _demand(task.id, "pdfa-failed", built.verdict)
        plain_pdf.rename(pdf)
        return built, [verdict]
    signer = identity(task.signature, task.pin)
    placement = plan_block(_displayed_ink(*pages[0]), read_geometry(plain_pdf), signer.organisation)
    unsigned = built.verdict
    if placement.extends:
        extend_page(plain_pdf, placement)
        unsigned = check.check(plain_pdf, flavour)
    before = _demand(task.id, "pdfa-failed", unsigned)
    short = sign_to_last(plain_pdf, pdf, signer, placement)
    after = _demand(task.id, "pdfa-failed", check.check(pdf, flavour, name="pdfa-after"))
    signed = check_signature(pdf, signer.anchors, others=signer.trust.intermediates)
    if signed.state is not VerdictState.PASSED:
        raise _refused(task.id, "signature-failed", signed)
    plain_pdf.unlink()
    return built, [before, after, _with_level(signed, signer.trust.level, short)]


def _with_level(signed: Verdict, sought: Level, short: str | None) -> Verdict:
    """The verdict with the reason why the signature has a lower level than was sought."""
    if short is None:
        return signed
    return replace(signed, details={**signed.details, "level_sought": sought.full_name, "level_reason": short})


def _displayed_ink(image: PageImage, page: RecognizedPage) -> NDArray[np.bool_]:
    """Where page 1 bears ink, turned as a viewer shows it."""
    return np.rot90(ink_mask(load_page(image)), k=-page.rotation // 90)


def _demand(document: str, slug: str, verdict: Verdict) -> Verdict:
    if verdict.state is VerdictState.FAILED:
        raise _refused(document, slug, verdict)
    return verdict


def _refused(document: str, slug: str, verdict: Verdict) -> ButlucError:
    return ButlucError(f"jobs.{slug}", file=document, problems="; ".join(verdict.problems[:3]))
