"""A made-up archive of any size, drawn from real texts.

Pages are paragraphs of the texts, drawn anew for each page until it is about as long as a typed page (2,300
characters), with names, numbers and dates that no text holds twice; six pages make a document, ten documents a case
file. Queries are two to five words of a page, neighbours or not, with diacritics or without.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.model import IndexedPage
from core.text import fold, syllables

_PAGE = 2300
"""Characters of a page."""
PAGES = 6
"""Pages of a document."""
_DOCUMENTS = 10
"""Documents of a case file."""
_COURTS = ("TAND-HN", "TAND-DA", "TAND-HL", "TAND-ST", "TAND-CT", "TAND-BP", "TAND-TH", "TAND-LN")
_TYPES = ("Bản án", "Quyết định", "Biên bản", "Đơn khởi kiện", "Giấy triệu tập", "Cáo trạng")
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Đức", "Hạnh", "Hương", "Khánh", "Lan", "Minh", "Nga", "Phúc", "Quý", "Sơn")


def paragraphs(folder: Path) -> list[str]:
    """All paragraphs of the texts (``*.txt``, ``*.txt.gz``) in a folder, or of one such file."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.txt*")) if folder.is_dir() else [folder]:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [part for line in data.decode("utf-8").splitlines() if len(part := " ".join(line.split())) > 40]
    return found


@dataclass(frozen=True, slots=True)
class Archive:
    """A made-up archive; the same seed makes the same."""

    stock: Sequence[str]
    seed: int = 1

    def document(self, number: int) -> tuple[str, list[IndexedPage]]:
        """Identifier and pages of a document."""
        draw = random.Random(f"{self.seed}-{number}")
        court, year = draw.choice(_COURTS), draw.randint(1955, 2025)
        case_file = f"{court}.DS.{year}.{number // _DOCUMENTS:05d}"
        document = f"{case_file}.{number % _DOCUMENTS + 1:07d}"
        names = tuple(" ".join((draw.choice(_FAMILY), draw.choice(_GIVEN), draw.choice(_GIVEN))) for _ in range(2))
        kind, code = draw.choice(_TYPES), f"{draw.randint(1, 999)}/{year}/DS-ST"
        pages = [
            IndexedPage(
                page_id=f"{document}.p{page:04d}",
                document=document,
                case_file=case_file,
                fonds=court,
                number=page,
                title=f"{kind} số {code}",
                text=self._text(draw, names, code),
                quality=0.97,
                court=court,
                year=year,
                type=kind,
                access="normal",
                codes=(code,),
                parties=names,
            )
            for page in range(1, PAGES + 1)
        ]
        return document, pages

    def _text(self, draw: random.Random, names: tuple[str, ...], code: str) -> str:
        parts = [f"{names[0]} và {names[1]}, số {code}, thửa {draw.randint(1, 9999)}, tờ bản đồ {draw.randint(1, 99)}"]
        while sum(map(len, parts)) < _PAGE:
            parts.append(draw.choice(self.stock))
        return "\n".join(parts)[:_PAGE]


def queries(archive: Archive, documents: int, number: int) -> Iterator[str]:
    """Two to five words of one page: neighbours, or anywhere; every third without diacritics."""
    draw = random.Random(7)
    for index in range(number):
        _, pages = archive.document(draw.randrange(documents))
        words = syllables(draw.choice(pages).text)
        count = draw.randint(2, 5)
        first = draw.randrange(len(words) - count)
        chosen = words[first : first + count] if index % 2 else draw.sample(words, count)
        text = " ".join(chosen)
        yield fold(text) if index % 3 == 0 else text
