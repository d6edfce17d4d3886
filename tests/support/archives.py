"""Hypothesis-made archives, questions and readers: few words, so that much is found, and all that a page may carry."""

from __future__ import annotations

from hypothesis import strategies as st

from core.ids import document_id, page_id
from core.model import IndexedPage, Reader
from indexer.port import SearchRequest

WORDS = (
    "tòa", "toà", "Tòa", "TOA", "án", "ân", "an", "nhân", "dân", "đất", "dat", "Đất", "đai", "tranh", "chấp", "hòa",
    "giải", "lý", "lí", "quyền", "sử", "dụng", "huỷ", "hủy", "15/DS-ST", "15/2024/DS-ST", "l5/DS-ST", "1987", "2024",
    "UBND", "QSDĐ", "bị", "cáo", "nguyên", "đơn", "thửa", "ruộng", "x", "Nguyễn", "Văn", "Hà", "Nội",
)  # fmt: skip
COURTS = ("Tòa án nhân dân tỉnh Trà Vinh", "Tòa án nhân dân tỉnh An Giang", "TAND huyện Đầm Dơi", None)
ACCESS = ("public", "restricted", "sealed")
TYPES = ("Bản án", "Quyết định", None)
CASE_FILES = ("TAND-HN.DS.1987.00123", "TAND-TV.HS.2024.00007", "TAND-AG.DS.1999.00001")

_texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
_names = st.lists(st.sampled_from(WORDS[-6:]), min_size=1, max_size=3).map(" ".join)


@st.composite
def archives(draw: st.DrawFn, pages: int = 30) -> list[IndexedPage]:
    """Pages of documents of one to three pages, every field drawn."""
    made: list[IndexedPage] = []
    for ordinal in range(1, draw(st.integers(1, pages // 2)) + 1):
        case_file = draw(st.sampled_from(CASE_FILES))
        document = document_id(case_file, ordinal)
        known = {
            "title": draw(_texts | st.just("")),
            "court": draw(st.sampled_from(COURTS)),
            "type": draw(st.sampled_from(TYPES)),
            "access": draw(st.sampled_from(ACCESS)),
            "year": draw(st.none() | st.integers(1985, 1990)),
            "codes": tuple(draw(st.lists(st.sampled_from(["15/DS-ST", "15/2024/DS-ST", "7/HS-PT"]), max_size=2))),
            "parties": tuple(draw(st.lists(_names, max_size=2))),
            "officials": tuple(draw(st.lists(_names, max_size=1))),
            "dates": tuple(draw(st.lists(st.sampled_from(["1987-12-31", "2024-01-05"]), max_size=1))),
        }
        for number in range(1, draw(st.integers(1, 3)) + 1):
            text = draw(_texts)
            doubtful = tuple(sorted(draw(st.sets(st.integers(0, 25), max_size=3))))
            made.append(
                IndexedPage(
                    page_id(document, number), document, case_file, case_file.rsplit(".", 2)[0], number,
                    text=text, quality=draw(st.sampled_from([0.5, 0.9])), doubtful=doubtful, **known,
                )
            )  # fmt: skip
    return made


_pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: f"+{word}"),
    st.sampled_from(WORDS).map(lambda word: f"-{word}"),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(WORDS).map(lambda word: f"{word[:2]}*"),
    st.sampled_from(["(", ")", "OR", "HOẶC", '"', "gần/3", "năm:1986..1989", "số:15/DS-ST", "tòa:trà", "-", ":"]),
)

queries = st.lists(_pieces, max_size=6).map(" ".join)

requests = st.builds(
    SearchRequest,
    query=queries,
    court=st.none() | st.sampled_from([*COURTS[:3], "TOA AN NHAN DAN TINH TRA VINH"]),
    fonds=st.none() | st.sampled_from(["TAND-HN.DS", "TAND-TV.HS"]),
    year=st.none() | st.integers(1985, 1990),
    type=st.none() | st.sampled_from(["Bản án", "quyet dinh"]),
    case_file=st.none() | st.sampled_from(CASE_FILES),
    limit=st.integers(0, 40),
    offset=st.just(0) | st.integers(0, 30),
)


def rights(choices: tuple[str, ...]) -> st.SearchStrategy[frozenset[str] | None]:
    """All of a kind, or some."""
    return st.none() | st.frozensets(st.sampled_from(choices))


readers = st.builds(
    Reader, st.just("đương sự"), rights((*filter(None, COURTS), "Tòa án khác")), rights((*ACCESS, "khác"))
)
