"""What a PDF says about itself: the values behind its XMP and its conversion mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.model import DocumentFields


@dataclass(frozen=True, slots=True)
class DocumentAbout:
    """Identity, title and conversion of one document.

    A record converted from paper carries, by NĐ 137/2024/NĐ-CP Điều 4, a mark in words that it was converted, the time
    of conversion and the full name of the person or body that converted it.
    """

    id: str
    case_file: str
    title: str
    language: str
    """BCP 47, of the document as a whole."""
    organisation: str
    """The body that converts and keeps the record."""
    converted_by: str
    """Full name of the person answering for the conversion."""
    converted_at: str
    """ISO 8601 with offset."""
    profile: str
    fields: DocumentFields = field(default_factory=DocumentFields)
    from_paper: bool = True
    """Whether it is a conversion at all: what was born digital bears no conversion mark."""
    copy_kind: str = ""
    """Of a user copy: its kind."""
    copy_of: tuple[str, ...] = ()
    """Of a user copy: SHA-256 of each archived file that it was made from."""

    def __post_init__(self) -> None:
        if datetime.fromisoformat(self.converted_at).tzinfo is None:
            raise ValueError(f"converted_at without offset: {self.converted_at}")

    @property
    def conversion_mark(self) -> str:
        """The mark in words, in Vietnamese as the rule asks."""
        return (
            "Tài liệu điện tử được chuyển đổi từ tài liệu giấy"
            f" – {self.organisation}, {self.converted_by}, {self.converted_at}"
        )
