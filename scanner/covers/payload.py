"""What the QR code of a cover sheet says: text that a scanner reads and that a person can type where the code is torn.

Grammar (ABNF, RFC 5234); ``*`` parts the fields and stands nowhere else::

    payload   = "BL1" "*" case-file "*" part "*" sheets "*" print-id "*" check
    case-file = 1*name [("/" / ":") 1*name] [":" 1*name]
                                       ; the dot after the court is written "/", that after the fonds ":"
    name      = ALPHA / DIGIT / "." / "-" / "_" / ("%" 2HEXDIG)   ; letters beyond ASCII as the bytes of their UTF-8
    part      = "H" / "D" 1*7DIGIT ["T" type] / "T" type          ; whole case file, document by ordinal, by kind
    type      = 1*10(DIGIT / %x41-5A)
    sheets    = "S" 1*5DIGIT / "S-"                               ; declared sheets, or none declared
    print-id  = 12symbol                                          ; of this one print
    check     = 7symbol                                           ; CRC-32 of all that stands before the last "*"
    symbol    = <a digit of Crockford's base 32>                  ; no I, L, O, U; when typed, I and L are 1, O is 0

``BL1*TAND-HN/HS:1987.00123*D12*S40*7K3QM9XT0ABC*3V41JFQ`` is document 12 of ``TAND-HN.HS.1987.00123``, 40 sheets. The
check value covers the print identifier, so halves of two prints do not make a third. Court and fonds are written down
rather than derived, so that an old print means the same when rules of naming change.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from core.errors import UsageError
from core.ids import check_case_file, court_of, fonds_of
from core.text import nfc

PRINT_ID_LENGTH = 12
_CHECK_LENGTH = 7
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED = str.maketrans("ILO", "110")
_OURS = re.compile(r"BL\d+\*")
_VERSION = "BL1"
_PART = re.compile(r"H|D(?P<ordinal>\d{1,7})(?:T(?P<with>[0-9A-Z]{1,10}))?|T(?P<type>[0-9A-Z]{1,10})")
_TYPE = re.compile(r"[0-9A-Z]{1,10}")
_SHEETS = re.compile(r"S(?:(\d{1,5})|-)")
MAX_ORDINAL = 9_999_999
MAX_SHEETS = 99_999


class Fault(StrEnum):
    """Why a text of ours says nothing that can be trusted."""

    VERSION = "version"
    """Written by a newer version of the product."""
    CHECK = "check"
    """Misread, mistyped or put together from two prints."""
    FORM = "form"
    """Not by the grammar, although the check value is right."""


class PayloadError(ValueError):
    """A text that begins like one of ours and is none."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CoverPayload:
    """What one print of a cover sheet declares.

    ``document`` is the ordinal within the case file, ``kind`` a document type's code; a cover with neither is that of
    the whole case file. ``sheets`` counts the sheets below the cover, ``None`` where nobody counted.
    """

    court: str
    fonds: str
    case_file: str
    document: int | None
    kind: str | None
    sheets: int | None
    print_id: str

    @property
    def whole(self) -> bool:
        """Whether it is the cover of a whole case file."""
        return self.document is None and self.kind is None

    @property
    def text(self) -> str:
        """The payload by the grammar of this module."""
        part = "H" if self.whole else ""
        part += f"D{self.document}" if self.document is not None else ""
        part += f"T{self.kind}" if self.kind is not None else ""
        sheets = "S-" if self.sheets is None else f"S{self.sheets}"
        said = "*".join((_VERSION, _path(self), part, sheets, self.print_id))
        return f"{said}*{check_value(said)}"


def new_cover(
    case_file: str,
    *,
    document: int | None = None,
    kind: str | None = None,
    sheets: int | None = None,
    bits: Callable[[int], int] = secrets.randbits,
) -> CoverPayload:
    """A print that was never made before; ``bits`` draws that many random bits.

    Raises:
        UsageError: the identifier, ordinal, type code or count cannot stand on a cover.
    """
    name = check_case_file(case_file)
    if document is not None and not 1 <= document <= MAX_ORDINAL:
        raise UsageError("scanner.cover-bad-ordinal", value=document)
    if kind is not None and not _TYPE.fullmatch(kind):
        raise UsageError("scanner.cover-bad-type", value=kind)
    if sheets is not None and not 0 <= sheets <= MAX_SHEETS:
        raise UsageError("scanner.bad-count", value=sheets)
    print_id = _base32(bits(5 * PRINT_ID_LENGTH), PRINT_ID_LENGTH)
    return CoverPayload(court_of(name), fonds_of(name), name, document, kind, sheets, print_id)


def is_ours(text: str) -> bool:
    """Whether a code's text claims to be that of a cover sheet."""
    return _OURS.match(text.strip()) is not None


def parse(text: str) -> CoverPayload:
    """The payload as read from a code or typed by a person, with spaces anywhere and the last two fields in any case.

    Raises:
        PayloadError: of a newer version, misread, or not by the grammar.
    """
    fields = "".join(nfc(text).split()).split("*")
    if fields[0] != _VERSION:
        raise PayloadError(Fault.VERSION if is_ours(text) else Fault.FORM)
    if len(fields) != 6:
        raise PayloadError(Fault.CHECK)
    print_id, check = (field.upper().translate(_TYPED) for field in fields[4:])
    if check != check_value("*".join((*fields[:4], print_id))):
        raise PayloadError(Fault.CHECK)
    try:
        found = _payload(fields[1], fields[2], fields[3], print_id)
    except (UsageError, ValueError) as err:
        raise PayloadError(Fault.FORM) from err
    if found.text.split("*")[1:4] != fields[1:4]:
        raise PayloadError(Fault.FORM)
    return found


def check_value(said: str) -> str:
    """CRC-32 (ISO/IEC 8802-3) of an ASCII text as seven digits of Crockford's base 32.

    It finds every change within any 32 successive bits, so every mistyped pair of neighbours.
    """
    return _base32(zlib.crc32(said.encode("ascii", "replace")), _CHECK_LENGTH)


def grouped(print_id: str) -> str:
    """A print identifier as people read it: ``7K3Q M9XT 0ABC``."""
    return " ".join(print_id[start : start + 4] for start in range(0, len(print_id), 4))


def _base32(number: int, length: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(length)))


def _path(cover: CoverPayload) -> str:
    """The case file with its court and its fonds marked."""
    court = len(cover.court)
    fonds = len(cover.fonds)
    name = cover.case_file
    marked = "".join(":" if place == fonds else "/" if place == court else char for place, char in enumerate(name))
    return quote(marked, safe="/:")


def _payload(path: str, part: str, sheets: str, print_id: str) -> CoverPayload:
    marked = unquote(path, errors="strict")
    fonds = marked.partition(":")[0]
    court = fonds.partition("/")[0]
    name = marked.replace(":", ".").replace("/", ".")
    if check_case_file(name) != name:
        raise ValueError(name)
    meant, counted = _PART.fullmatch(part), _SHEETS.fullmatch(sheets)
    if not meant or not counted or len(print_id) != PRINT_ID_LENGTH or set(print_id) - set(_DIGITS):
        raise ValueError(part)
    return CoverPayload(
        court=court,
        fonds=fonds.replace("/", "."),
        case_file=name,
        document=int(meant["ordinal"]) if meant["ordinal"] else None,
        kind=meant["with"] or meant["type"],
        sheets=int(counted[1]) if counted[1] else None,
        print_id=print_id,
    )
