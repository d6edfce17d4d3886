"""Copies for users out of the store: marked, looked at by the PDF/A gate and, where certified, signed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.about import DocumentAbout
from archive.identity import load_identity
from archive.options import Flavour
from archive.packages.contents import PackageContent, PackagedDocument
from archive.signer import sign_to_last
from archive.usercopy import CopyKind, CopySource, write_copy
from archive.verapdf import VeraPdf
from core.errors import BadInputError
from core.events import now
from core.files import disk_errors, sha256_file
from core.model import Verdict, VerdictState
from jobs.exportlist import ExportList
from jobs.home import Home


def write_copies(
    home: Home, content: PackageContent, kind: CopyKind, joined: bool, who: str, listed: ExportList, verapdf: VeraPdf
) -> Iterator[dict[str, Any]]:
    """Copies of the documents of ``content``, or with ``joined`` one of them all; an entry of the answer for each.

    Raises:
        BadInputError: nothing to copy, no certificate that can certify, or a finished copy that is not the PDF/A that
            it says it is.
        MissingToolError: the disk is full, or the time-stamp authority cannot be reached.
    """
    if kind is CopyKind.CERTIFIED and home.signature is None:
        raise BadInputError("jobs.export-no-certificate", file=content.case_file)
    if not content.documents:
        raise BadInputError("jobs.export-empty", file=content.case_file)
    parts = [list(content.documents)] if joined else [[document] for document in content.documents]
    for documents in parts:
        name = content.case_file if joined else documents[0].id
        suffix = "" if kind is CopyKind.WHOLE else f".{kind.value}"
        target = listed.directory / f"{name}{suffix}.pdf"
        with listed.whole(target) as part:
            verdict = _make(home, content, documents, kind, part, who, verapdf)
        listed.note(target)
        yield {
            "id": name,
            "path": str(target),
            "sha256": sha256_file(target),
            "objid": None,
            "files": 1,
            "missing": [],
            "copy": kind.value,
            "pdfa": verdict.state.value,
        }


def _make(
    home: Home,
    content: PackageContent,
    documents: Sequence[PackagedDocument],
    kind: CopyKind,
    target: Path,
    who: str,
    verapdf: VeraPdf,
) -> Verdict:
    sources = [_source(document) for document in documents]
    about = _about(content, documents, kind, who)
    flavour = Flavour.A2U if all(document.flavour == Flavour.A2U for document in documents) else Flavour.A2B
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=target.parent) as folder, disk_errors(target):
        plain = Path(folder) / "copy.pdf"
        placement = write_copy(plain, sources, about, flavour, kind)
        if placement is None or home.signature is None:
            plain.rename(target)
        else:
            sign_to_last(plain, target, load_identity(home.signature), placement)
    verdict = verapdf.check(target, flavour)
    if verdict.state is VerdictState.FAILED:
        raise BadInputError("jobs.export-copy-failed", file=about.id, problems="; ".join(verdict.problems[:3]))
    return verdict


def _source(document: PackagedDocument) -> CopySource:
    if not isinstance(document.pdf.source, Path):
        raise TypeError(f"{document.id}: its PDF lies in the store")
    return CopySource(document.pdf.source, document.fields.get("docCode") or document.id, document.title)


def _about(content: PackageContent, documents: Sequence[PackagedDocument], kind: CopyKind, who: str) -> DocumentAbout:
    one = documents[0] if len(documents) == 1 else None
    return DocumentAbout(
        id=one.id if one else content.case_file,
        case_file=content.case_file,
        title=one.title if one else content.fields.get("title") or content.case_file,
        language="vi",
        organisation=content.organisation,
        converted_by=who,
        converted_at=now(),
        profile="copy",
        from_paper=False,
        copy_kind=kind.value,
        copy_of=tuple(document.pdf.sha256 for document in documents),
    )
