"""What a stranger reads first: a text that says what the package is, and a plain list of hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from archive.packages.choices import Kind, choices
from archive.packages.contents import Item, PackageContent, PackagedDocument, local_time
from core.messages import one_line

MANIFEST = "manifest-sha256.txt"
README = "README.txt"
_METS = ("danh mục mọi tệp của gói", "the list of all files of the package")


def readme(content: PackageContent, kind: Kind, items: Mapping[str, Item]) -> bytes:
    """The text in Vietnamese and English, UTF-8, for a package with these ``items``."""
    names, fields = choices().names, content.fields
    template = files("archive.packages").joinpath("data", "readme.txt").read_text(encoding="utf-8")
    head = template.format(
        case_file=content.case_file,
        title=one_line(fields.get("title") or "–"),
        fonds=content.fonds,
        organisation=one_line(content.organisation),
        dates=" – ".join(filter(None, (fields.get("startDate"), fields.get("endDate")))) or "–",
        documents=len(content.documents),
        pages=sum(document.pages for document in content.documents),
        objid=content.objid(kind),
        kind=f"{kind.value.upper()}: {choices().kinds[kind.value]}",
        version=content.version,
        created=local_time(content.created),
        software=content.software,
        data=f"{names.rep_folder}/data",
        parts="\n".join(_parts(items)),
        manifest=f"{names.documentation}/{MANIFEST}",
    )
    return (head + "\n".join(_rows(content.documents))).encode()


def bag_readme(content: PackageContent, folder: str) -> bytes:
    """The text at the top of a bag, whose archival package lies in ``folder``."""
    template = files("archive.packages").joinpath("data", "bag.txt").read_text(encoding="utf-8")
    return template.format(
        case_file=content.case_file,
        title=one_line(content.fields.get("title") or "–"),
        organisation=one_line(content.organisation),
        folder=folder,
        readme=f"{folder}/{choices().names.documentation}/{README}",
    ).encode()


def _parts(items: Mapping[str, Item]) -> Iterator[str]:
    """What there is beside the documents, and what it tells."""
    for place, (vietnamese, english) in {**choices().parts, choices().names.mets: _METS}.items():
        if any(path.startswith(place) for path in items) or place == choices().names.mets:
            yield f"   {place}\n      {vietnamese} ·\n      {english}"


def _rows(documents: Sequence[PackagedDocument]) -> Iterator[str]:
    for document in documents:
        yield f"   {document.file_name}"
        yield f"      {one_line(document.title)}"
        yield f"      trang · pages: {document.pages}   SHA-256: {document.pdf.sha256}"
        yield f"      chữ ký · signature: {_signed(document)}"
        yield ""


def _signed(document: PackagedDocument) -> str:
    signature = document.signature
    if not signature:
        return "không có · none"
    at = signature.get("stamped") or signature.get("claimed")
    return ", ".join(filter(None, (signature.get("signer"), signature.get("level"), local_time(at) if at else None)))


def manifest(items: Mapping[str, Item]) -> bytes:
    """One line ``SHA-256  path`` for each file, as ``sha256sum -c`` reads it."""
    return "".join(f"{items[path].sha256}  {path}\n" for path in sorted(items)).encode()


def read_manifest(data: bytes) -> dict[str, str]:
    """Path → SHA-256 (lower case).

    Raises:
        ValueError: a line that is none of a manifest.
    """
    found = {}
    for line in data.decode("utf-8").splitlines():
        sha256, gap, path = line[:64], line[64:66], line[66:]
        if gap not in ("  ", " *") or not path or sha256 not in (sha256.lower(), sha256.upper()):
            raise ValueError(f"not a line of a manifest: {line[:80]!r}")
        found[path] = sha256.lower()
    return found
