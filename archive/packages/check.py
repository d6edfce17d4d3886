"""Is a package what it says it is? Its METS, its schemas and its files are held against one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Protocol

from lxml import etree

from archive.packages.choices import Kind, choices
from archive.packages.descriptive import read_values, schema_name, write_schema
from archive.packages.explain import MANIFEST, read_manifest
from archive.packages.fields import table
from archive.packages.xml import CSIP, METS, PREMIS, XLINK, parse, schema_problems
from core.errors import BadInputError

_M, _P = {"m": METS}, {"p": PREMIS}


class PackageFiles(Protocol):
    """The files of a package by their paths within its folder, wherever they lie."""

    def paths(self) -> list[str]:
        """All paths, sorted."""

    def read(self, path: str) -> bytes:
        """The bytes of one file."""

    def about(self, path: str) -> tuple[str, int]:
        """SHA-256 (lower case) and size of one file."""


def check(files: PackageFiles) -> list[str]:
    """What is wrong with a package, each as ``path: what``; an empty list where nothing is.

    Every file is named once by a METS with its true size and hash; METS, PREMIS and descriptions fit their schemas and
    rules; the plain manifest and the PREMIS agree with the files.
    """
    return list(_problems(files))


def package_references(files: PackageFiles) -> list[str]:
    """What is wrong with the files that the METS of a package made anywhere names: missing, or other bytes.

    Representations are found as the package has them, and schemas and labels are its own affair.
    """
    present = set(files.paths())
    named: set[str] = set()
    found: list[str] = []
    for mets in sorted(path for path in present if PurePosixPath(path).name == choices().names.mets):
        found += _mets_problems(files, mets, present, named, strict=False)
    return found


def kind_of_package(files: PackageFiles) -> Kind:
    """The kind that the package's METS names.

    Raises:
        BadInputError: no METS, or one of another kind.
    """
    try:
        header = parse(files.read(choices().names.mets)).find("m:metsHdr", _M)
        return Kind(str(header.get(f"{{{CSIP}}}OAISPACKAGETYPE", "")).lower() if header is not None else "")
    except (KeyError, ValueError) as err:
        raise BadInputError("archive.package-kind", file=choices().names.mets) from err


def _problems(files: PackageFiles) -> Iterator[str]:
    names = choices().names
    present = set(files.paths())
    named = {names.mets}
    for mets in (names.mets, f"{names.rep_folder}/{names.mets}"):
        if mets not in present:
            yield f"{mets}: missing"
            continue
        yield from _mets_problems(files, mets, present, named)
    yield from (f"{path}: not in METS" for path in sorted(present - named))
    if names.mets in present:
        yield from _content_problems(files, present)


def _mets_problems(
    files: PackageFiles, mets: str, present: set[str], named: set[str], *, strict: bool = True
) -> Iterator[str]:
    try:
        root = parse(files.read(mets))
    except ValueError as err:
        yield f"{mets}: {err}"
        return
    if strict:
        yield from (f"{mets}: {problem}" for problem in schema_problems(root))
    base = str(PurePosixPath(mets).parent)
    for element, holder in _references(root):
        path = _within(base, element.get(f"{{{XLINK}}}href", ""))
        if path is None or path not in present:
            yield f"{mets}: names {element.get(f'{{{XLINK}}}href')}, which is missing"
            continue
        named.add(path)
        sha256, size = files.about(path)
        if holder.get("CHECKSUM", "").lower() != sha256 or holder.get("SIZE") != str(size):
            yield f"{path}: not the bytes that {mets} names"


def _references(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Each pointer to a file, and the element that holds its size and hash."""
    for file in root.iterfind(".//m:file", _M):
        for location in file.iterfind("m:FLocat", _M):
            yield location, file
    for reference in root.iterfind(".//m:mdRef", _M):
        yield reference, reference


def _within(base: str, href: str) -> str | None:
    """The path within the package, or ``None`` for one that leads out of it."""
    path = PurePosixPath(base) / href
    return None if not href or path.is_absolute() or ".." in path.parts else str(path)


def _content_problems(files: PackageFiles, present: set[str]) -> Iterator[str]:
    try:
        kind = kind_of_package(files)
    except BadInputError:
        yield f"{choices().names.mets}: no OAISPACKAGETYPE"
        return
    yield from _description_problems(files, present, kind)
    yield from _preservation_problems(files, present)
    yield from _manifest_problems(files, present)


def _description_problems(files: PackageFiles, present: set[str], kind: Kind) -> Iterator[str]:
    names = choices().names
    documents = f"{names.rep_folder}/{names.ead_document.partition('{')[0]}"
    own = f"{names.schemas}/{schema_name('document')}" in present
    for path in sorted(present):
        level = "document" if path.startswith(documents) else "file" if path == names.ead else None
        level = "request" if level == "file" and kind is Kind.DIP else level
        if level is None or not own:
            continue
        data = files.read(path)
        try:
            found = schema_problems(parse(data), write_schema(table(level), kind))
            found = found or table(level).problems(read_values(table(level), data), kind)
        except ValueError as err:
            found = [str(err)]
        yield from (f"{path}: {problem}" for problem in found)


def _preservation_problems(files: PackageFiles, present: set[str]) -> Iterator[str]:
    names = choices().names
    for path in (names.premis, f"{names.rep_folder}/{names.premis_representation}"):
        if path not in present:
            continue
        try:
            root = parse(files.read(path))
        except ValueError as err:
            yield f"{path}: {err}"
            continue
        yield from (f"{path}: {problem}" for problem in schema_problems(root))
        for found in root.iterfind("p:object", _P):
            name = found.findtext("p:originalName", "", _P)
            data = f"{names.rep_folder}/data/{name}"
            digest = found.findtext("p:objectCharacteristics/p:fixity/p:messageDigest", "", _P)
            if digest and name and (data not in present or files.about(data)[0] != digest.lower()):
                yield f"{path}: not the bytes of {data}"


def _manifest_problems(files: PackageFiles, present: set[str]) -> Iterator[str]:
    names = choices().names
    path = f"{names.documentation}/{MANIFEST}"
    if path not in present:
        return
    try:
        listed = read_manifest(files.read(path))
    except ValueError as err:
        yield f"{path}: {err}"
        return
    expected = present - {path, names.mets}
    yield from (f"{path}: does not list {name}" for name in sorted(expected - listed.keys()))
    for name, sha256 in sorted(listed.items()):
        if name not in expected or files.about(name)[0] != sha256:
            yield f"{path}: not the bytes of {name}"
