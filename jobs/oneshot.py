"""Read one file without a home: its text or its fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import plain
from core.errors import BadInputError, UsageError
from core.model import MasterKind, RecognizedPage
from imaging.inspect import inspect
from imaging.pdf import render_page
from imaging.picture import check_regular
from imaging.raster import load_image
from jobs.profile import load_profile
from metadata.fields import read_fields, read_fields_text
from ocr.alto import write_alto
from ocr.engine import make_engine
from ocr.hocr import write_hocr
from ocr.options import ENGINE_NAMES, OcrOptions
from ocr.reader import read_page


def ocr_options(profile: str, engine: str | None, language: str | None) -> OcrOptions:
    """The profile's options with what the command line says instead.

    Raises:
        UsageError: there is no such profile or engine.
    """
    options = load_profile(profile, None).ocr
    if engine and engine not in ENGINE_NAMES:
        raise UsageError("ocr.unknown-engine", engine=engine, known=", ".join(ENGINE_NAMES))
    if engine:
        options = dataclasses.replace(options, engine=engine)
    if language:
        options = dataclasses.replace(options, languages=tuple(code for code in language.split("+") if code))
    return options


def read_file(path: Path, options: OcrOptions) -> Iterator[RecognizedPage]:
    """Every page of an image, multi-page TIFF or PDF, read one after the other.

    Raises:
        BadInputError: the file cannot be used.
        MissingToolError: the engine or a language is not installed.
    """
    engine = make_engine(options)
    for raster in _rasters(path):
        yield read_page(raster, options, engine)


def _rasters(path: Path) -> Iterator[NDArray[np.uint8]]:
    info = inspect(path)
    for frame in info.frames:
        if info.kind is MasterKind.PDF:
            yield render_page(path, frame.frame, frame.width, frame.height)
        else:
            yield load_image(path, frame.frame)


def formatted(path: Path, page: RecognizedPage, form: str) -> str:
    """The page as ``text``, ``hocr`` or ``alto``."""
    if form == "text":
        return page.text + "\n"
    return (write_hocr(page, path.name) if form == "hocr" else write_alto(page, path.name)).decode()


def file_fields(path: Path, options: OcrOptions) -> dict[str, Any]:
    """The fields of a text (``.txt``, boxes null), image or PDF, by their contract names.

    Raises:
        BadInputError: the file cannot be used.
    """
    if path.suffix.lower() == ".txt":
        found = read_fields_text(_text(path))
    else:
        found = read_fields(list(read_file(path, options)))
    return {name: plain(value) for name, value in found.values.items()}


def _text(path: Path) -> str:
    check_regular(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as err:
        raise BadInputError("jobs.not-utf8", file=path) from err
    except OSError as err:
        raise BadInputError("jobs.no-file", file=path) from err
