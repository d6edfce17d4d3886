"""Strips to learn from: folios as clerks write, stamp and print them, and what stands in corners beside them.

A label has a character for each figure, and :data:`LETTER` for each letter, sign or scrawl.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.folios.strip import Strip, strip_of
from scanner.folios.training.figures import Inking, Samples, handwritten, joined, printed, scaled, trimmed

LETTER = "x"
CLASSES = "0123456789" + LETTER
"""Class *i* of the net is the character *i* of it, counted from 1; class 0 is the CTC blank."""
_BEFORE = (
    "BL", "BL.", "BL:", "B.L", "BL số", "BL số:", "Bút lục", "Bút lục số:", "Bút lục:", "Số:", "Tờ", "tờ số", "Tr.",
    "№",
)  # fmt: skip
_WORDS = (
    "Mẫu", "số", "CỘNG", "HÒA", "XÃ HỘI", "CHỦ", "NGHĨA", "VIỆT", "NAM", "Độc lập", "Tự do", "Hạnh phúc", "ngày",
    "tháng", "năm", "Tòa án", "Bản án", "QĐ", "TAND", "HSST", "DS-ST", "Kính gửi", "ĐƠN", "Biên bản", "a", "b", "bis",
    "Ký", "Trang", "Hà Nội", "Lưu", "BẢN SAO", "MẬT", "Đã thu", "Phiếu", "Ô", "B", "E", "k",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """What strips are made of."""

    samples: Samples
    faces: Sequence[Path]


def strip(sources: Sources, rng: np.random.Generator) -> tuple[Strip, str]:
    """One strip and its label; the label may be empty."""
    inking, label = _content(sources, rng)
    light, box = _on_paper(inking, rng)
    return strip_of(light, box), label


def _content(sources: Sources, rng: np.random.Generator) -> tuple[Inking, str]:
    kind, height = rng.random(), int(rng.integers(18, 52))
    if kind < 0.42:
        return _folio_by_hand(sources, rng, height)
    if kind < 0.72:
        return _folio_in_type(sources, rng, height)
    if kind < 0.92:
        return _text(sources, rng, height)
    return _scrawl(rng, height)


def _figures(rng: np.random.Generator) -> str:
    length = int(rng.choice((1, 2, 3, 4), p=(0.2, 0.38, 0.34, 0.08)))
    return "".join(rng.choice(list("0123456789"), length))


def _face(sources: Sources, rng: np.random.Generator) -> Path:
    return sources.faces[int(rng.integers(len(sources.faces)))]


def _labelled(text: str) -> str:
    return "".join(sign if sign.isdecimal() else LETTER for sign in text if not sign.isspace())


def _folio_by_hand(sources: Sources, rng: np.random.Generator, height: int) -> tuple[Inking, str]:
    figures = _figures(rng)
    inking, label = handwritten(figures, sources.samples, rng, height), figures
    chance = rng.random()
    if chance < 0.16:
        before = str(rng.choice(_BEFORE))
        lead = printed(before, _face(sources, rng), round(height * rng.uniform(0.5, 1.0)))
        return joined([lead, inking], round(height * rng.uniform(0.1, 0.8)), rng), _labelled(before) + figures
    if chance < 0.22:
        after = str(rng.choice(("a", "b", "A", "bis", "/2", ".", ")")))
        tail = printed(after, _face(sources, rng), round(height * rng.uniform(0.5, 0.9)))
        return joined([inking, tail], round(height * rng.uniform(0.02, 0.2)), rng), figures + _labelled(after)
    if chance < 0.27:
        return _struck(inking, rng), LETTER
    return inking, label


def _struck(inking: Inking, rng: np.random.Generator) -> Inking:
    """Crossed out: no folio any more."""
    made = np.ascontiguousarray(np.pad(inking, 3))
    height, width = made.shape
    for _ in range(int(rng.integers(1, 4))):
        ends = (0, int(rng.uniform(0.3, 0.8) * height)), (width, int(rng.uniform(0.2, 0.7) * height))
        cv2.line(made, *ends, 1.0, max(2, height // 14), cv2.LINE_AA)
    return made


def _folio_in_type(sources: Sources, rng: np.random.Generator, height: int) -> tuple[Inking, str]:
    figures, face = _figures(rng), _face(sources, rng)
    if rng.random() < 0.2:
        figures = figures.rjust(int(rng.integers(3, 6)), "0")
    spread = float(rng.choice((0.0, 0.0, rng.uniform(0.05, 0.3))))
    text = figures
    if rng.random() < 0.25:
        text = f"{rng.choice(_BEFORE)} {figures}"
    elif rng.random() < 0.08:
        text = figures + str(rng.choice(("a", "b", "bis", ".", "/1")))
    inking = printed(text, face, height, spread)
    if rng.random() < 0.3:
        inking = _worn(inking, rng)
    return inking, _labelled(text)


def _worn(inking: Inking, rng: np.random.Generator) -> Inking:
    """A stamp that took ink unevenly."""
    coarse = rng.uniform(0.25, 1.3, (max(2, inking.shape[0] // 8), max(2, inking.shape[1] // 8))).astype(np.float32)
    cover = cv2.resize(coarse, (inking.shape[1], inking.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(inking * np.clip(cover, 0.15, 1.0), np.float32)


def _text(sources: Sources, rng: np.random.Generator, height: int) -> tuple[Inking, str]:
    """Words, dates, numbers of forms and letters: never a folio by itself."""
    word = str(rng.choice(_WORDS))
    shape = rng.random()
    if shape < 0.5:
        text = word
    elif shape < 0.7:
        text = f"{rng.integers(1, 32)}{rng.choice(list('/-.'))}{rng.integers(1, 13)}"
    elif shape < 0.85:
        text = f"{word} {rng.integers(1, 200)}{rng.choice(('-DS', '/QĐ', 'a', '-HS', '/TB', '%', ')'))}"
    else:
        text = word.upper() + str(rng.choice(("", " ", "."))) + str(rng.choice(_WORDS))
    return printed(text, _face(sources, rng), height), _labelled(text)


def _scrawl(rng: np.random.Generator, height: int) -> tuple[Inking, str]:
    """A signature, a tick, a bracket, a stain."""
    width = int(height * rng.uniform(0.6, 4.0))
    canvas = np.zeros((height, width), np.float32)
    count = int(rng.integers(3, 14))
    anchors = rng.uniform(0, 1, (count, 2)) * (width, height)
    times = np.linspace(0, count - 1, count * 14)
    xs = np.interp(times, range(count), anchors[:, 0])
    ys = np.interp(times, range(count), anchors[:, 1])
    smooth = np.ones(9) / 9
    points = np.stack([np.convolve(xs, smooth, "valid"), np.convolve(ys, smooth, "valid")], axis=1).astype(np.int32)
    cv2.polylines(canvas, [points.reshape(-1, 1, 2)], bool(rng.random() < 0.2), 1.0, max(1, height // 14), cv2.LINE_AA)
    if rng.random() < 0.2:
        cv2.circle(canvas, (width // 2, height // 2), height // 3, 1.0, -1)
    return trimmed(canvas), LETTER


def _on_paper(inking: Inking, rng: np.random.Generator) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """Light of a piece of paper with the inking on it, and the box around its ink as a finder would draw it."""
    inking = _turned(inking, rng)
    if rng.random() < 0.3:  # as a coarse scan sees it
        inking = scaled(scaled(inking, max(10, round(inking.shape[0] * rng.uniform(0.3, 0.7)))), inking.shape[0])
    margin = inking.shape[0] // 2 + 4
    ink = np.pad(inking, margin)
    if rng.random() < 0.5:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.6)), np.float32)
    strength = rng.choice((rng.uniform(0.18, 0.4), rng.uniform(0.4, 0.95)))
    light = 255.0 * (1.0 - np.clip(ink, 0, 1) * strength)
    _mark(light, rng, margin)
    light += rng.normal(0, rng.uniform(0.5, 9.0), light.shape)
    height, width = ink.shape
    edges = [margin + int(rng.integers(-2, 3)) for _ in range(4)]
    box = edges[0], edges[1], max(edges[0] + 2, width - edges[2]), max(edges[1] + 2, height - edges[3])
    return np.clip(light, 0, 255).astype(np.uint8), box


def _turned(inking: Inking, rng: np.random.Generator) -> Inking:
    padded = np.pad(inking, max(4, inking.shape[1] // 6))
    height, width = padded.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 3.0)), 1.0)
    matrix[0, 1] += rng.normal(0, 0.08)
    return trimmed(np.asarray(cv2.warpAffine(padded, matrix, (width, height)), np.float32))


def _mark(light: NDArray[np.float64], rng: np.random.Generator, margin: int) -> None:
    """Ruling, the side of a stamp's frame, specks."""
    height, width = light.shape
    if rng.random() < 0.15:
        y = int(rng.integers(margin // 2, height - margin // 2))
        light[y : y + int(rng.integers(1, 3))] *= rng.uniform(0.6, 0.9)
    if rng.random() < 0.06:
        y = margin // 2 if rng.random() < 0.5 else height - margin // 2
        light[y : y + 3] *= rng.uniform(0.3, 0.8)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        light[y : y + 2, x : x + 2] *= rng.uniform(0.3, 0.9)
