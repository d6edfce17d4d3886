"""Folders of packages as an export leaves them: what is in them, and what the manifest beside a package says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from archive.packages.bagit import MARK
from archive.packages.choices import choices
from archive.packages.explain import MANIFEST, read_manifest
from core.errors import BadInputError
from core.files import sha256_file


def packages_in(given: Sequence[Path]) -> list[Path]:
    """The packages that are meant: a folder with a manifest and no package of its own stands for what it lists.

    Raises:
        BadInputError: such a manifest cannot be read, or lists nothing.
    """
    return [package for place in given for package in ([place] if _is_package(place) else _listed(place))]


def _is_package(place: Path) -> bool:
    marks = (choices().names.mets, MARK)
    return not (place / MANIFEST).is_file() or any((place / mark).is_file() for mark in marks)


def _listed(folder: Path) -> list[Path]:
    tops = dict.fromkeys(name.partition("/")[0] for name in _manifest(folder))
    if not tops:
        raise BadInputError("jobs.import-bad", file=folder, why=f"{MANIFEST}: –")
    return [folder / top for top in tops]


def _manifest(folder: Path) -> Mapping[str, str]:
    try:
        return read_manifest((folder / MANIFEST).read_bytes())
    except ValueError as err:
        raise BadInputError("jobs.import-bad", file=folder, why=f"{MANIFEST}: {err}") from err


def beside_problems(package: Path) -> list[str]:
    """Files of the package that are missing, not the bytes that the manifest beside it lists, or not listed though
    others of the package are; none where the manifest does not tell of it. This is where the METS at the package's top,
    and the ZIP file itself, have their hashes.

    Raises:
        BadInputError: the manifest cannot be read.
    """
    folder = package.parent
    if not (folder / MANIFEST).is_file():
        return []
    listed = _manifest(folder)
    own = [name for name in listed if name == package.name or name.startswith(f"{package.name}/")]
    wrong = [name for name in own if not _is(folder / name, listed[name])]
    present = (file.relative_to(folder).as_posix() for file in package.rglob("*") if file.is_file())
    return [f"{MANIFEST}: {name}" for name in [*wrong, *(name for name in present if own and name not in listed)]]


def _is(file: Path, sha256: str) -> bool:
    return file.is_file() and sha256_file(file) == sha256
