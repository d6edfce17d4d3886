"""A profile composes the options of the stages for one kind of paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from archive.options import PdfOptions
from core.config import fill
from core.errors import UsageError
from jobs.settings import read_toml
from ocr.options import OcrOptions
from scanner.options import ScanOptions


@dataclass(frozen=True)
class Profile:
    """One kind of paper; the tables of its TOML file are the options of the stages."""

    title: str
    """What it is for, in Vietnamese."""
    scan: ScanOptions = field(default_factory=ScanOptions)
    ocr: OcrOptions = field(default_factory=OcrOptions)
    archive: PdfOptions = field(default_factory=PdfOptions)


def profile_files(home: Path | None) -> dict[str, Path]:
    """Name → file: those that come with the product, then those of the home's ``profiles/``, which win."""
    shipped = Path(str(files("profiles")))
    folders = [shipped] if home is None else [shipped, home / "profiles"]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def load_profile(name: str, home: Path | None) -> Profile:
    """The profile called ``name``.

    Raises:
        UsageError: there is none of that name.
        BadInputError: its file has a mistake.
    """
    known = profile_files(home)
    if name not in known:
        raise UsageError("jobs.no-profile", name=name, known=", ".join(known))
    return read_profile(known[name])


def read_profile(path: Path) -> Profile:
    """Read and check one profile file.

    Raises:
        BadInputError: not TOML, or a key or value that does not fit.
    """
    return fill(Profile, read_toml(path), file=path)
