"""Signs of the query language: what each finds, what stays text, what is said where it cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import IndexedPage, owner
from indexer.port import SearchRequest
from indexer.printing import print_query
from indexer.query import MAX_CLAUSES, parse, read
from indexer.syntax import wanted_leaves
from indexer.tantivy_index import TantivyIndex

Build = Callable[[Iterable[IndexedPage]], TantivyIndex]
MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")
PIECES = [
    "án", "TÒA", "hoà", "+đất", "-nhà", '"xét xử"', '-"bản án"', "15/DS-ST", "(", ")", "+(", "-(", "((", "OR",
    "HOẶC", "or", "gần/5", "GAN/0", "ngh*", "+thừ*", "*", "năm:1987", "năm:1986..1989", "-nam:..1950", "năm:x",
    "ngày:2/10/2017", "tòa:Trà*", 'tòa:"Năm Căn"', "phông:TAND-HN.DS", "số:31/2017/DS-ST", "Số:15", "a:b",
    "(sau", "là:", "\"", "UBND", "/", ",",
]  # fmt: skip
queries = st.text(max_size=60) | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map(" ".join)


def shown(query: str) -> str:
    root = parse(query).root
    return "" if root is None else print_query(root)


@pytest.mark.parametrize(
    ("query", "reading"),
    [
        ("tranh chấp OR khiếu nại", "tranh chấp OR khiếu nại"),
        ("tranh chấp HOẶC khiếu nại", "tranh chấp OR khiếu nại"),
        ("(thuê OR mượn) nhà", "(thuê OR mượn) nhà"),
        ("(thuê nhà) tranh chấp", "thuê nhà tranh chấp"),
        ("((thuê)) nhà", "thuê nhà"),
        ("-(thuê nhà) đất", "-(thuê nhà) đất"),
        ("+(thuê OR mượn) -(nhà OR cửa)", "+(thuê OR mượn) -(nhà OR cửa)"),
        ("-( -(nhà) đất) án", "-(-(nhà) đất) án"),
        ("đất gần/5 đai", "đất gần/5 đai"),
        ('"bản án" GẦN/3 "phúc thẩm"', '"bản án" gần/3 "phúc thẩm"'),
        ("a gần/2 b gần/3 c", "a gần/2 b b gần/3 c"),
        ("nhà -đất gan/5 đai", "nhà -đất gần/5 đai"),
        ("nghi* thừ*", "nghi* thừ*"),
        ("năm:1987 đất", "năm:1987 đất"),
        ("nam:1989..1986", "năm:1986..1989"),
        ("year:1986.. -năm:..1950", "năm:1986.. -năm:..1950"),
        ("ngày:2/10/2017", "ngày:2017-10-02"),
        ("date:10/2017", "ngày:2017-10-01..2017-10-31"),
        ("ngay:1987..3/1988", "ngày:1987-01-01..1988-03-31"),
        ("tòa:trà*", "tòa:trà*"),
        ('toa:"Năm Căn" loại:"bản án"', 'tòa:"năm căn" loại:"bản án"'),
        ("phông:TAND-HN.DS hồsơ:TAND-HN.DS.1987.00123", 'phông:"TAND-HN.DS" hồsơ:"TAND-HN.DS.1987.00123"'),
        ("số:31/2017/DS-ST", 'số:"31 2017 ds st"'),
    ],
)  # fmt: skip
def test_signs_are_read(query: str, reading: str) -> None:
    assert shown(query) == reading
    assert parse(query).notice is None


@pytest.mark.parametrize(
    ("query", "reading"),
    [
        ("(sau đây gọi là: bên A)", "sau đây gọi là bên a"),
        ("Số:15 ngày 3", '"số 15" ngày 3'),
        ("điều a:b", 'điều "a b"'),
        ("1) đơn; 2) tờ khai", "1 đơn 2 tờ khai"),
        ("CÓ HOẶC KHÔNG", "có hoặc không"),
        ("5*3 = 15*", '"5 3" 15'),
        ("điều 12(a)", 'điều "12 a"'),
        ("hợp đồng (nếu có).", "hợp đồng nếu có"),
        ("án: - tòa", "án tòa"),
        ("gần 5", "gần 5"),
        ("http://x.vn", '"http x vn"'),
    ],
)
def test_prose_and_codes_stay_text(query: str, reading: str) -> None:
    assert shown(query) == reading
    assert parse(query).notice is None


@pytest.mark.parametrize(
    ("query", "reading", "notice"),
    [
        ("đất OR", "đất", "operator"),
        ("OR OR", "", "nothing-to-seek"),
        ("gần/5 đất", '"gần 5" đất', "operator"),
        ("đất gần/5 -nhà", 'đất "gần 5" -nhà', "operator"),
        ("(đất OR nhà", "đất OR nhà", "parentheses"),
        ("năm:xưa", '"năm xưa"', "field-value"),
        ("ngày:40/13/2017", '"ngày 40 13 2017"', "field-value"),
        ("-năm:1987", "-năm:1987", "only-excluded"),
    ],
)
def test_what_is_no_sign_gives_a_notice_and_the_nearest_reading(query: str, reading: str, notice: str) -> None:
    assert shown(query) == reading
    assert parse(query).notice == f"indexer.notice-{notice}"


@given(queries)
def test_printing_what_was_read_changes_nothing(query: str) -> None:
    root = parse(query).root
    if root is not None:
        assert read(print_query(root)).root == root
        assert len(list(wanted_leaves(root))) <= 2 * MAX_CLAUSES


@pytest.mark.parametrize(
    "query", ["(" * 20_000, "(a OR " * 3000, ")" * 999 + "án", "-(" * 500 + "án" + ")" * 500, "a OR " * 4000]
)
def test_towers_of_signs_are_read(query: str) -> None:
    parse(query)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, page: MakePage) -> TantivyIndex:
    pages = [
        page(1, "tranh chấp quyền sử dụng đất", year=1986, court="Tòa án nhân dân tỉnh Trà Vinh", type="Bản án"),
        page(2, "khiếu nại về nhà ở và đất", year=1987, dates=("1987-03-02",), parties=("Huỳnh Hồng T",)),
        page(3, "thuê nhà của ông Nghiêm", year=1990, fonds="TAND-AG.HS", codes=("31/2017/DS-ST",), case_type="HS"),
        page(4, "mượn nhà, nghiên cứu hồ sơ xử lý kỷ luật", year=1991, officials=("Trần Văn C",), places=("Cà Mau",)),
    ]
    index = TantivyIndex(tmp_path_factory.mktemp("index"))
    with index.writing() as writer:
        writer.replace_documents({held.document for held in pages}, pages)
    return index


def found(index: TantivyIndex, query: str) -> set[int]:
    return {int(hit.document[-7:]) for hit in index.search(SearchRequest(query), OWNER).hits}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("chấp OR khiếu", {1, 2}),
        ("(thuê OR mượn) +nhà", {2, 3, 4}),
        ("+(thuê OR mượn) nhà", {3, 4}),
        ("nhà -(thuê OR mượn)", {2}),
        ("nhà -(nhà ông)", {2, 4}),
        ("quyền gần/1 dụng", {1}),
        ("dụng gần/1 quyền", {1}),
        ("quyền gần/1 đất", set()),
        ("quyền gần/2 đất", {1}),
        ('"quyền sử" gần/1 đất', {1}),
        ("nghi*", {3, 4}),
        ("Nghiê*", {3, 4}),
        ("+lý*", {4}),
        ("+kỷ*", {4}),
        ("năm:1986..1987", {1, 2}),
        ("năm:1990..", {3, 4}),
        ("nhà -năm:..1988", {3, 4}),
        ("đất năm:1987", {2}),
        ("đất OR (nhà năm:1990)", {1, 2, 3}),
        ("ngày:2/3/1987", {2}),
        ("ngày:1987", {2}),
        ("ngày:4/1987", set()),
        ("tòa:trà*", {1}),
        ('tòa:"tra vinh"', {1}),
        ("loại:án", {1}),
        ("loại:HS", {3}),
        ("phông:TAND-AG.HS", {3}),
        ("hồsơ:TAND-HN.DS.1987.00123 đất", {1, 2}),
        ("số:31/2017/DSST", {3}),
        ('đươngsự:"hồng t"', {2}),
        ("cánbộ:trần", {4}),
        ('nơi:"cà mau"', {4}),
        ("trang:1 đất", {1, 2}),
        ("trang:2 đất", set()),
        ("UBND", set()),
    ],
)
def test_signs_find_what_they_say(index: TantivyIndex, query: str, expected: set[int]) -> None:
    assert found(index, query) == expected


def test_pages_with_all_of_one_side_come_first(build: Build, page: MakePage) -> None:
    index = build([page(1, "tranh nại " * 30), page(2, "khiếu nại " + "lời khai " * 200)])
    hits = index.search(SearchRequest("tranh chấp OR khiếu nại"), OWNER).hits
    assert [hit.document[-1] for hit in hits] == ["2", "1"]
    assert hits[0].score > 1500 > 1000 > hits[1].score


def test_beginning_is_marked_on_the_page(index: TantivyIndex) -> None:
    (hit,) = index.search(SearchRequest("+thuê nghi*"), OWNER).hits
    assert hit.snippet == "<mark>thuê</mark> nhà của ông <mark>Nghiêm</mark>"


@given(queries)
def test_no_query_of_signs_makes_a_search_fail(index: TantivyIndex, query: str) -> None:
    result = index.search(SearchRequest(query), OWNER)
    assert 0 <= result.total <= 4
