"""Doubtful letters: what the network offers, what Vietnamese and French say to it, and what is never touched."""

from __future__ import annotations

import gzip
import itertools
import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import MissingToolError
from ocr.recogniser.charset import load_charset
from ocr.recogniser.decode import Transcript, decode
from ocr.recogniser.doubts import LEAST, Sight
from ocr.recogniser.french import in_french
from ocr.recogniser.prior import SyllablePrior, load_prior, plain_syllable, read_prior
from ocr.recogniser.reading import LineReading, Piece, look_again
from ocr.recogniser.rerank import rerank
from ocr.training.prior import count, write

CHARSET = load_charset()
CLASSES = {letter: label for label, letter in enumerate(CHARSET, start=1)}
BLANK = ""
Offers = Mapping[int, Mapping[str, float]]
LAW = (
    "Người có quyền sử dụng đất được bảo vệ quyền và lợi ích hợp pháp của mình.",
    "Bản án của Tòa án nhân dân là căn cứ để thi hành án dân sự theo quy định.",
) * 3


def seen(text: str, offers: Offers | None = None) -> NDArray[np.float32]:
    """Logits of a line: a step of blank before each letter, two of the letter itself.

    ``offers`` gives what else may stand in the place of a letter of that index, and how likely (``""`` is the blank);
    keys from ``len(text)`` on are gaps: ``len(text) + i`` is the blank before letter ``i``.
    """
    steps: list[dict[str, float]] = []
    for number, letter in enumerate(text):
        for own, key in ((BLANK, len(text) + number), (letter, number), (letter, number)):
            other = {it: share for it, share in (offers or {}).get(key, {}).items() if it != own}
            steps.append({own: 1 - sum(other.values()), **other})
    probabilities = np.full((len(CHARSET) + 1, len(steps) + 1), 1e-7)
    probabilities[0, -1] = 1.0
    for place, step in enumerate(steps):
        for letter, probability in step.items():
            probabilities[CLASSES.get(letter, 0), place] = probability
    return np.log(probabilities).astype(np.float32)


def settle(text: str, offers: Offers) -> Transcript:
    logits = seen(text, offers)
    return rerank(load_prior(), decode(logits, CHARSET), logits, CHARSET)


def at(text: str, word: str, letter: int) -> int:
    return text.index(word) + letter


@pytest.mark.parametrize(
    ("text", "wrong", "letter", "offer", "right"),
    [
        ("tranh chấp quyển sử dụng đất", "quyển", 3, {"ề": 0.4}, "tranh chấp quyền sử dụng đất"),
        ("lĩnh vục khám bệnh", "vục", 1, {"ự": 0.4}, "lĩnh vực khám bệnh"),
        ("Nghi định số 92/2017/NĐ-CP", "Nghi", 3, {"ị": 0.4}, "Nghị định số 92/2017/NĐ-CP"),
        ("QUÓC HỘI", "QUÓC", 2, {"Ố": 0.3}, "QUỐC HỘI"),
        ("kết quả trực tiểp: ông", "tiểp", 2, {"ế": 0.2}, "kết quả trực tiếp: ông"),
    ],
)
def test_a_doubtful_letter_goes_by_its_neighbours(
    text: str, wrong: str, letter: int, offer: dict[str, float], right: str
) -> None:
    place = at(text, wrong, letter)
    settled = settle(text, {place: offer})
    assert settled.text == right
    assert settled.confidences[place] == pytest.approx(next(iter(offer.values())), abs=0.01), "the network's own"
    assert settled.places == decode(seen(text), CHARSET).places


def test_a_lost_space_is_found_where_the_network_offers_one() -> None:
    text = "quyết định củaTòa án"
    gap = len(text) + at(text, "Tòa", 0)
    assert settle(text, {gap: {" ": 0.3}}).text == "quyết định của Tòa án"
    assert settle(text, {gap: {" ": LEAST / 2}}).text == text


def test_a_letter_too_many_goes_and_one_too_few_comes() -> None:
    assert settle("ngưiời có quyền", {3: {BLANK: 0.3}}).text == "người có quyền"
    text = "nhn dân"
    assert settle(text, {len(text) + 2: {"â": 0.3}}).text == "nhân dân"


@pytest.mark.parametrize("offer", [0.04, 0.01])
def test_what_the_network_does_not_offer_is_never_read(offer: float) -> None:
    text = "tranh chấp quyển sử dụng đất"
    assert settle(text, {at(text, "quyển", 3): {"ề": offer}}).text == text


@pytest.mark.parametrize(
    ("text", "letter", "offer"),
    [
        ("số 15/DS-ST ngày", 4, "6"),
        ("Quyết định số 371/QĐ-UBND", 19, "D"),
        ("theo TAND tối cao", 6, "Ạ"),
        ("cho bà Nguyễn Thị Hường ở", 19, "ư"),
        ("xã Ngọk Wang", 6, "c"),
        ("năm 1957 và", 7, "1"),
        ("Hường Nguyễn", 1, "ư"),
        ("quyền", 3, "ể"),
    ],
)
def test_numbers_codes_names_and_what_is_likely_stay(text: str, letter: int, offer: str) -> None:
    assert settle(text, {letter: {offer: 0.49}}).text == text


@pytest.mark.parametrize(
    ("seen_as", "meant"),
    [
        ("QUÓC HỘI", "QUỐC HỘI"),
        ("SỬA ĐỎI, BỎ SUNG MỘT SÓ ĐIỀU", "SỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU"),
        ("LUẬT CÁC TỎ CHỨC TÍN DỤNG", "LUẬT CÁC TỔ CHỨC TÍN DỤNG"),
        ("QUYÉT ĐỊNH", "QUYẾT ĐỊNH"),
    ],
)
def test_roofs_that_bold_capitals_swallow_come_back_in_headings(seen_as: str, meant: str) -> None:
    assert settle(seen_as, {}).text == meant


KEPT = ("BỊ CÁO: TRẦN VĂN TỎ", "NGUYỄN THỊ BÉ", "LÊ VĂN SÓ", "CỘNG HÒA XÃ HỘI", "BẢN ÁN", "Quóc hội", "QUÓC", "TÓM TẮT")


@pytest.mark.parametrize("text", KEPT)
def test_names_in_capitals_and_what_makes_sense_keep_their_letters(text: str) -> None:
    assert settle(text, {}).text == text


def test_a_word_that_no_law_knows_gives_way_only_to_one_that_is_nearly_as_likely_to_the_network() -> None:
    assert settle("tiền hụi và tiền vay", {6: {"ạ": 0.06}}).text == "tiền hụi và tiền vay"


@given(st.text("nhâadqđuyềêc ", min_size=1, max_size=12), st.data())
def test_every_letter_of_a_settled_line_was_offered(text: str, data: st.DataObject) -> None:
    letters = st.dictionaries(st.sampled_from("âaêềdđ "), st.floats(0.02, 0.3), max_size=2)
    offers = data.draw(st.dictionaries(st.integers(0, 2 * len(text) - 1), letters, max_size=4))
    logits = seen(text, offers)
    read = decode(logits, CHARSET)
    settled = rerank(load_prior(), read, logits, CHARSET)
    assert len(settled.places) == len(settled.confidences) == len(settled.text)
    assert list(settled.places) == sorted(settled.places)
    peaks = np.exp(logits.max(axis=1))
    assert all(peaks[CLASSES[letter]] >= LEAST - 1e-6 for letter in settled.text)


def test_the_probability_of_all_that_may_stand_there_is_one() -> None:
    charset = (" ", "a", "b")
    chances = np.random.default_rng(3).dirichlet([1, 0.001, 1, 1], 4).T
    chances[1] = 1e-9
    logits = np.log(chances).astype(np.float32)
    logits[2, 1] = logits.max() + 1
    read = decode(logits, charset)
    sight = Sight(logits, charset, read, (0, len(read.text)))
    letters = {letter.text: letter for letters in [sight.letters, *sight.variants()] for letter in letters}
    strings = (it for size in range(5) for it in itertools.product(letters.values(), repeat=size))
    assert sum(math.exp(sight.log_probability(it)) for it in strings) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("sure", "text"), [(0.7, "de la République"), (0.99, "đe la République")])
def test_doubtful_letters_that_french_lacks_are_read_as_french_ones(sure: float, text: str) -> None:
    logits = seen("đe la République", {0: {"d": 1 - sure}})
    settled = in_french(decode(logits, CHARSET), logits, CHARSET)
    assert settled.text == text
    plain = seen("de la République")
    read = decode(plain, CHARSET)
    assert in_french(read, plain, CHARSET) is read


def test_a_second_look_that_changes_nothing_is_the_same_reading() -> None:
    logits = seen("vục", {1: {"ự": 0.4}})
    picture = np.full((48, 4 * logits.shape[1]), 255, np.uint8)
    piece = Piece(logits, decode(logits, CHARSET), picture, start=10, across=2.0, down=1.0)
    reading = LineReading(tuple(piece.words()), (piece,))
    assert look_again(reading, lambda read, seen, charset: read, CHARSET) is reading
    prior = SyllablePrior({"vực": 50, "lĩnh": 50}, {})
    again = look_again(reading, partial(rerank, prior), CHARSET)
    assert again.text == "vực" and again.words[0].left == reading.words[0].left
    assert again.words[0].letters[1] == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("written", "counted"), [("Hoà", "hòa"), ("thuỷ", "thủy"), ("quý", "quý"), ("KHOẺ", "khỏe"), ("toán", "toán")]
)
def test_both_spellings_of_tones_count_as_one(written: str, counted: str) -> None:
    assert plain_syllable(written) == counted


def test_counts_are_written_the_same_way_every_time_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "syllables.txt.gz"
    path.write_bytes(write(count(LAW)))
    assert path.read_bytes() == write(count(reversed(LAW)))
    prior = read_prior(path)
    assert prior.knows("quyền") and not prior.knows("quyển")
    assert prior.log_probability("dụng", "sử") > prior.log_probability("dụng", None)
    assert prior.log_probability("quyển", None) > prior.log_probability("quyểk", None), "unseen, but a syllable"


def test_marks_between_syllables_part_pairs_and_rare_ones_are_left_out() -> None:
    single, pairs = count(["tòa án, dân sự"] * 3 + ["hiếm hoi"])
    assert pairs == {("tòa", "án"): 3, ("dân", "sự"): 3} and "hiếm" not in single


def test_the_shipped_counts_are_small_and_know_the_words_of_courts() -> None:
    prior = load_prior()
    assert all(prior.knows(word) for word in ["tòa", "án", "nhân", "dân", "xét", "xử", "sơ", "thẩm", "quyền"])
    assert prior.log_probability("quyền", "thẩm") > prior.log_probability("quyển", "thẩm") + 3


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # the same in each process that collects the tests


@pytest.mark.parametrize("content", [b"", b"no gzip", _packed(b"\xff"), _packed(b"a b\n\nc"), None])
def test_missing_and_damaged_counts_are_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "syllables.txt.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MissingToolError) as caught:
        read_prior(path)
    assert "syllables.txt.gz" in caught.value.message("en")
