"""The certificate of a DIP (TT 05/2025/TT-BNV, Điều 42): one PDF/A page with the eleven items, ready to be signed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from fpdf import FPDF
from pikepdf import Pdf

from archive.about import DocumentAbout
from archive.assembly import describe, save
from archive.options import Flavour
from archive.typeface import NAME, text_width
from core.errors import BadInputError

FILE_NAME = "certificate.pdf"
_SIZE, _TITLE_SIZE = 12.0, 15.0
_MARGIN, _TOP = 25.0, 45.0
"""mm; the top right corner is left to the signature block."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The eleven items. ``issued`` is ISO 8601 with offset; of a recipient, name and ID number are one item."""

    code: str
    archive: str
    recipient: str
    recipient_id: str
    original_code: str
    number: str
    type: str
    subject: str
    purpose: str
    issued: str
    validity: str
    copies: str

    def items(self) -> Sequence[tuple[str, str]]:
        """Vietnamese name and value of each item, in the circular's order."""
        recipient = f"{self.recipient}, {self.recipient_id}" if self.recipient_id else self.recipient
        return (
            ("Mã xác thực", self.code),
            ("Tên lưu trữ", self.archive),
            ("Người nhận, số định danh", recipient),
            ("Mã lưu trữ của bản gốc", self.original_code),
            ("Số, ký hiệu", self.number),
            ("Tên loại", self.type),
            ("Trích yếu nội dung", self.subject),
            ("Mục đích sử dụng", self.purpose),
            ("Ngày cấp", datetime.fromisoformat(self.issued).strftime("%d/%m/%Y")),
            ("Thời hạn giá trị", self.validity),
            ("Số lượng bản sao", self.copies),
        )


def write_certificate(certificate: Certificate, target: Path, by: str) -> None:
    """The certificate as PDF/A-2u at ``target``; what is not known stays a dash. Letters that the face lacks become
    question marks.

    Args:
        by: who issues it.

    Raises:
        MissingToolError: the disk is full.
    """
    about = DocumentAbout(
        id=certificate.code,
        case_file=certificate.original_code,
        title="Giấy chứng nhận bản sao tài liệu lưu trữ",
        language="vi",
        organisation=certificate.archive,
        converted_by=by,
        converted_at=certificate.issued,
        profile="certificate",
        from_paper=False,
    )
    with Pdf.open(io.BytesIO(_drawn(certificate, about.title))) as pdf:
        describe(pdf, about, Flavour.A2U, [])
        save(pdf, target, Flavour.A2U)


def _drawn(certificate: Certificate, title: str) -> bytes:
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(True, _MARGIN)
    pdf.set_margins(_MARGIN, _TOP, _MARGIN)
    with as_file(files("imaging").joinpath("fonts", f"{NAME}.ttf")) as face:
        pdf.add_font("text", fname=face)
    pdf.add_page()
    pdf.set_font("text", size=_TITLE_SIZE)
    pdf.multi_cell(0, 10, title.upper(), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    pdf.set_font("text", size=_SIZE)
    for number, (name, value) in enumerate(certificate.items(), 1):
        line = f"{number}. {name}: {value or '–'}"
        pdf.multi_cell(0, 7, _drawable(line), align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _drawable(text: str) -> str:
    return "".join(letter if _has(letter) else "?" for letter in text)


def _has(letter: str) -> bool:
    try:
        text_width(letter, _SIZE)
    except BadInputError:
        return False
    return True
