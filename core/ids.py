"""Identifiers from the fonds to the page.

fonds ``TAND-HN.HS`` · case file ``TAND-HN.HS.1987.00123`` · document = case file + 7-digit ordinal
``TAND-HN.HS.1987.00123.0000001`` (TT 05/2025/TT-BNV, file name rule of Điều 8) · page = document + ``p0001``
``TAND-HN.HS.1987.00123.0000001.p0001``.
"""

from __future__ import annotations

import re

from core.errors import UsageError
from core.text import nfc

_NAME = re.compile(r"\w[\w.\-]{0,99}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DOCUMENT = re.compile(r"(?P<case_file>.+)\.(?P<ordinal>\d{7})")
_PAGE = re.compile(r"(?P<document>.+\.\d{7})\.p(?P<number>\d{4,})")


def check_case_file(text: str) -> str:
    """The identifier in NFC, once it is known to be safe as a file name and unambiguous.

    Raises:
        UsageError: not 1–100 letters, digits, ``.``, ``-``, ``_`` beginning with a letter or digit, or of the
            form of a document or page identifier.
    """
    name = nfc(text.strip())
    misread = _DOCUMENT.fullmatch(name) or _PAGE.fullmatch(name)
    if not _NAME.fullmatch(name) or misread or ".." in name or name.endswith("."):
        raise UsageError("core.bad-case-file", value=text, suggestion=_suggest(name))
    return name


def check_batch(text: str) -> str:
    """The batch name in NFC, once it is known to be safe as a folder name.

    Raises:
        UsageError: not 1–100 letters, digits, ``.``, ``-``, ``_`` beginning with a letter or digit.
    """
    name = nfc(text.strip())
    if not _NAME.fullmatch(name) or ".." in name or name.endswith("."):
        raise UsageError("core.bad-batch", value=text, suggestion=_suggest(name, "lo-1"))
    return name


def _suggest(name: str, otherwise: str = "TAND-HN.HS.1987.00123") -> str:
    safe = re.sub(r"[^\w.\-]+", "-", name)
    safe = re.sub(r"\.{2,}", ".", safe).strip(".-_")[:100]
    return re.sub(r"\.(\d{7}(?:\.p\d{4,})?)$", r"-\1", safe) or otherwise


def fonds_of(case_file: str) -> str:
    """The fonds of a case file: what stands before its year, else before its last part, else the whole."""
    parts = case_file.split(".")
    for i in range(len(parts) - 1, 0, -1):
        if _YEAR.fullmatch(parts[i]):
            return ".".join(parts[:i])
    return ".".join(parts[:-1]) or case_file


def court_of(case_file: str) -> str:
    """The court of a case file: the first part of its identifier."""
    return case_file.partition(".")[0]


def year_of(case_file: str) -> int | None:
    """The year in a case file's identifier, if it has one."""
    years = [part for part in case_file.split(".")[1:] if _YEAR.fullmatch(part)]
    return int(years[-1]) if years else None


def document_id(case_file: str, ordinal: int) -> str:
    """The identifier of the ``ordinal``-th document (from 1) of a case file."""
    return f"{case_file}.{ordinal:07d}"


def page_id(document: str, number: int) -> str:
    """The identifier of the ``number``-th page (from 1) of a document."""
    return f"{document}.p{number:04d}"


def split_document(document: str) -> tuple[str, int]:
    """Case file and ordinal of a document identifier.

    Raises:
        UsageError: not a document identifier.
    """
    match = _DOCUMENT.fullmatch(document)
    if not match:
        raise UsageError("core.bad-id", value=document)
    return match["case_file"], int(match["ordinal"])


def split_page(page: str) -> tuple[str, int]:
    """Document and number of a page identifier.

    Raises:
        UsageError: not a page identifier.
    """
    match = _PAGE.fullmatch(page)
    if not match:
        raise UsageError("core.bad-id", value=page)
    return match["document"], int(match["number"])


def case_file_of(identifier: str) -> str:
    """The case file of a page or document, or the identifier itself, which is a case file's then."""
    match = _PAGE.fullmatch(identifier)
    document = match["document"] if match else identifier
    found = _DOCUMENT.fullmatch(document)
    return found["case_file"] if found else document


def kind_of(identifier: str) -> str:
    """``"page"``, ``"document"`` or ``"case_file"``, by the form of the identifier."""
    if _PAGE.fullmatch(identifier):
        return "page"
    return "document" if _DOCUMENT.fullmatch(identifier) else "case_file"
