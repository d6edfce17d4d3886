"""ALTO, hOCR and JSON: what is written can be read back, by us and by others."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from core.errors import BadInputError
from core.messages import LANGUAGES, catalogue
from core.model import Line, RecognizedPage, Region, RegionKind, Word
from ocr.alto import NAMESPACE, write_alto
from ocr.alto_reader import read_alto
from ocr.hocr import write_hocr
from ocr.jsonform import page_json
from ocr.tesseract import parse_hocr

LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXT = st.text(LETTERS, min_size=1, max_size=20)
EDGE = st.integers(0, 5000)
SHARE = st.integers(0, 10_000).map(lambda number: number / 10_000)
PLACE = st.floats(-10_000, 10_000)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    x, y = draw(EDGE), draw(EDGE)
    return x, y, x + draw(st.integers(1, 900)), y + draw(st.integers(1, 900))


ENGINE_NAMES = st.sampled_from(["tesseract 5.3.0", "none", "net 1.2 (vi)", "x "])
POLYGONS = st.lists(st.tuples(EDGE, EDGE), min_size=3, max_size=5).map(tuple)


@st.composite
def words(draw: st.DrawFn) -> Word:
    text = draw(TEXT)
    letters = st.lists(st.integers(1, 10).map(lambda tenths: tenths / 10), min_size=len(text), max_size=len(text))
    return Word(text, draw(boxes()), draw(SHARE), draw(st.just(()) | letters.map(tuple)))


@st.composite
def pages(draw: st.DrawFn) -> RecognizedPage:
    engine = draw(ENGINE_NAMES)
    lines = draw(st.lists(lines_read(engine), max_size=5))
    return RecognizedPage(
        width=draw(st.integers(1, 20_000)),
        height=draw(st.integers(1, 20_000)),
        rotation=draw(st.sampled_from([0, 90, 180, 270])),
        angle=draw(st.integers(-3000, 3000)) / 100,
        quality=draw(SHARE),
        language=draw(st.sampled_from(["vi", "fr", "und"])),
        engine=engine,
        lines=tuple(lines),
        regions=draw(regions(len(lines))),
        recipe=draw(st.dictionaries(TEXT, TEXT | st.integers(-9, 9) | st.floats(-9, 9), max_size=3)),
    )


def lines_read(engine: str) -> st.SearchStrategy[Line]:
    return st.builds(
        Line,
        st.lists(words(), min_size=1, max_size=4).map(tuple),
        boxes(),
        st.tuples(PLACE, PLACE, PLACE, PLACE),
        st.sampled_from(["vi", "fr", "und", "und-Latn"]),
        st.just(()) | POLYGONS,
        ENGINE_NAMES.map(lambda name: "" if name == engine else name),
    )


@st.composite
def regions(draw: st.DrawFn, count: int) -> tuple[Region, ...]:
    """Some of the lines in regions, one after the other, then regions without lines."""
    kinds = st.sampled_from(RegionKind)
    cuts = sorted(draw(st.sets(st.integers(0, count))))
    runs = [run for run in zip(cuts, cuts[1:], strict=False) if draw(st.booleans())]
    full = [Region(draw(kinds), draw(POLYGONS), first, end - first) for first, end in runs]
    return (*full, *draw(st.lists(st.builds(Region, kinds, POLYGONS), max_size=2)))


SAMPLE = RecognizedPage(
    width=2480,
    height=3508,
    rotation=90,
    angle=-1.7,
    quality=0.8731,
    language="vi",
    engine="tesseract 5.3.0",
    lines=(
        Line(
            (Word("Tòa", (100, 50, 180, 90), 0.96, (1.0, 0.9, 1.0)), Word('<án>&"', (200, 50, 240, 90), 0.5)),
            (100, 50, 240, 90),
            (100.0, 82.5, 240.0, 83.9),
            "vi",
            ((100, 50), (240, 52), (240, 92), (100, 90)),
        ),
        Line(
            (Word("République", (100, 150, 380, 190), 1.0),),
            (100, 150, 380, 190),
            (100.0, 180.0, 380.0, 180.0),
            "fr",
            engine="butluc 0.1.0",
        ),
    ),
    regions=(
        Region(RegionKind.TABLE, ((90, 40), (250, 40), (250, 100), (90, 100)), 0, 1),
        Region(RegionKind.SEAL, ((500, 500), (700, 500), (600, 700))),
    ),
    recipe={"blur": 0.6},
)


@given(pages())
def test_alto_gives_back_the_page_it_was_written_from(page: RecognizedPage) -> None:
    assert read_alto(write_alto(page, "trang 1.jpg")) == page


@given(pages())
def test_alto_and_hocr_are_the_same_bytes_each_time(page: RecognizedPage) -> None:
    assert write_alto(page) == write_alto(page) and write_hocr(page) == write_hocr(page)


def test_alto_has_the_parts_that_the_schema_asks_for_in_its_order() -> None:
    root = etree.fromstring(write_alto(SAMPLE, "p0001.jpg"))
    ns = {"a": NAMESPACE}
    assert root.get("SCHEMAVERSION") == "4.4"
    assert [etree.QName(child).localname for child in root] == ["Description", "Tags", "Layout"]
    description = [etree.QName(child).localname for child in root[0]]
    assert description == ["MeasurementUnit", "sourceImageInformation", "Processing", "Processing", "Processing"]
    (page,) = root.findall("a:Layout/a:Page", ns)
    assert set(page.attrib) == {
        "ID", "PHYSICAL_IMG_NR", "WIDTH", "HEIGHT", "PC", "LANG", "ROTATION", "PROCESSINGREFS",
    }  # fmt: skip
    assert page.get("ROTATION") == "91.7"
    line = root.find(".//a:TextLine", ns)
    assert line is not None
    assert [etree.QName(child).localname for child in line] == ["Shape", "String", "SP", "String"]
    assert line.get("BASELINE") == "100.0,82.5 240.0,83.9"
    string = line[1]
    assert string.attrib == {
        "ID": "WORD_1_1", "HPOS": "100", "VPOS": "50", "WIDTH": "80", "HEIGHT": "40", "CONTENT": "Tòa", "WC": "0.96",
        "CC": "010",
    }  # fmt: skip
    identifiers = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(identifiers) == len(set(identifiers))
    space = page[0]
    assert [etree.QName(block).localname for block in space] == ["TextBlock", "TextBlock", "Illustration"]
    assert space[0].get("TAGREFS") == root.findall("a:Tags/a:LayoutTag", ns)[0].get("ID") == "REGION_table"
    assert space[1][0].get("PROCESSINGREFS") == "OCR_2" and space[2].get("TYPE") == "seal"
    assert json.loads(root.findtext(".//a:processingStepSettings", namespaces=ns) or "") == {"blur": 0.6}


def test_alto_without_words_is_a_page_without_blocks() -> None:
    empty = RecognizedPage(10, 20, 0, 0.0, 0.0, "und", "none")
    data = write_alto(empty)
    assert read_alto(data) == empty and b"TextBlock" not in data


def test_characters_that_xml_forbids_are_shown_as_lost() -> None:
    line = Line((Word("a\x00b\x1f", (0, 0, 9, 9), 0.5),), (0, 0, 9, 9), (0.0, 9.0, 9.0, 9.0), "vi")
    page = RecognizedPage(10, 10, 0, 0.0, 0.5, "vi", "none", (line,))
    assert read_alto(write_alto(page)).text == "a\ufffdb\ufffd"
    assert "a\ufffdb\ufffd" in write_hocr(page).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"pixel", b"mm10"),
        (b' PC="0.8731"', b""),
        (b'WC="0.96"', b'WC="nan"'),
        (b'HPOS="100"', b'HPOS="left"'),
        (b"100.0,82.5 240.0,83.9", b"82"),
        (b"ns-v4#", b"ns-v9#"),
        (b"</alto>", b""),
        (b'ROTATION="91.7"', b'ROTATION="1e400"'),
        (b'CC="010"', b'CC="0x0"'),
        (b'POINTS="500,500 ', b'POINTS="500 '),
        (b'TYPE="seal"', b'TYPE="moon"'),
        (b"REGION_table", b"REGION_moon"),
        (b'PROCESSINGREFS="OCR_2"', b'PROCESSINGREFS="OCR_9"'),
        (b'{"blur": 0.6}', b"[0.6]"),
    ],
)
def test_damaged_alto_is_refused_with_the_file_named(old: bytes, new: bytes) -> None:
    data = write_alto(SAMPLE)
    assert old in data
    with pytest.raises(BadInputError) as caught:
        read_alto(data.replace(old, new), "trang-7.xml")
    assert caught.value.code == "ocr.bad-alto" and "trang-7.xml" in caught.value.message("vi")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(BadInputError):
        read_alto(data)


def test_alto_follows_no_entities() -> None:
    attack = b'<!DOCTYPE alto [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    data = write_alto(SAMPLE).replace(b"?>", b"?>" + attack, 1).replace(b">tesseract<", b">&x;<")
    try:
        assert "root:" not in read_alto(data).engine
    except BadInputError as error:
        assert error.code == "ocr.bad-alto"


def test_hocr_can_be_read_as_tesseracts_own() -> None:
    level = parse_hocr(write_hocr(SAMPLE, 'p "1".jpg'), "vi")
    assert [line.text for line in level] == ['Tòa <án>&"', "République"]
    assert [line.box for line in level] == [line.box for line in SAMPLE.lines]
    assert level[0].words[0].confidence == 0.96
    assert b"x_confs 100 90 100" in write_hocr(SAMPLE) and b"x_kind seal" in write_hocr(SAMPLE)
    assert level[0].baseline == pytest.approx(SAMPLE.lines[0].baseline, abs=0.02)


def test_hocr_names_its_system_and_pages() -> None:
    text = write_hocr(SAMPLE, "p0001.jpg").decode()
    assert 'name="ocr-system" content="tesseract 5.3.0"' in text
    page = r'class="ocr_page" id="page_1" lang="vi" title="image &quot;p0001.jpg&quot;; bbox 0 0 2480 3508'
    assert re.search(page, text)
    assert 'lang="fr"' in text


def test_json_has_the_keys_that_scripts_rely_on() -> None:
    form = page_json(SAMPLE, "p0001.jpg")
    assert {"image", "width", "height", "angle", "quality", "text", "lines"} <= set(form)
    assert form["lines"][0] == {
        "text": 'Tòa <án>&"',
        "box": [100, 50, 240, 90],
        "polygon": [[100, 50], [240, 52], [240, 92], [100, 90]],
        "baseline": [100.0, 82.5, 240.0, 83.9],
        "confidence": round((0.96 * 3 + 0.5 * 6) / 9, 4),
        "language": "vi",
        "engine": "tesseract 5.3.0",
        "words": [
            {"text": "Tòa", "box": [100, 50, 180, 90], "confidence": 0.96, "letters": [1.0, 0.9, 1.0]},
            {"text": '<án>&"', "box": [200, 50, 240, 90], "confidence": 0.5, "letters": []},
        ],
    }
    assert form["lines"][1]["engine"] == "butluc 0.1.0"
    assert [(region["kind"], region["box"], region["lines"]) for region in form["regions"]] == [
        ("table", [90, 40, 250, 100], [0]),
        ("seal", [500, 500, 700, 700], []),
    ]
    assert json.loads(json.dumps(form, ensure_ascii=False)) == form


def test_every_message_is_there_in_both_languages() -> None:
    for slug, texts in catalogue("ocr").items():
        assert set(texts) == set(LANGUAGES), slug
        holes = [set(re.findall(r"{(\w+)}", " ".join(texts[lang].values()))) for lang in LANGUAGES]
        assert holes[0] == holes[1], slug
