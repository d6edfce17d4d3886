"""The set of aged pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from bench.aged import LEAST, MOST, CleanPage, age_pages, draw_recipe, folder_pages
from bench.reading.pages import find_pages

TRUTH = "Tòa án nhân dân huyện Đắk Hà xét xử sơ thẩm công khai vụ án"


def clean(count: int) -> Iterator[CleanPage]:
    for number in range(count):
        image = Image.new("RGB", (210 + 10 * number, 297), "white")
        ImageDraw.Draw(image).rectangle((40, 60, 170, 70), fill="black")
        yield CleanPage(np.asarray(image), TRUTH, "vie", f"p{number}")


def test_the_same_seed_gives_the_same_pages_and_another_gives_others(tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        (tmp_path / name).mkdir()
        entries = age_pages(clean(2), seed, tmp_path / name)
        made.append((entries, (tmp_path / name / "001.jpg").read_bytes()))
    assert made[0] == made[1]
    assert made[0] != made[2] and made[0][1] != made[2][1]


def test_recipes_lie_between_least_and_most_and_cover_the_way() -> None:
    recipes = [asdict(draw_recipe(np.random.default_rng(seed))) for seed in range(200)]
    least, most = asdict(LEAST), asdict(MOST)
    for name in least:
        low, high = np.minimum(least[name], most[name]), np.maximum(least[name], most[name])
        drawn = np.array([recipe[name] for recipe in recipes])
        assert (low <= drawn).all() and (drawn <= high).all(), name
        assert (np.ptp(drawn, axis=0) > 0.8 * (high - low)).all(), name
    assert all(abs(recipe["skew"]) <= 3 for recipe in recipes)


def test_an_old_page_is_old_in_most_ways() -> None:
    recipes = [draw_recipe(np.random.default_rng(seed)) for seed in range(200)]
    assert np.corrcoef([it.fading for it in recipes], [it.light_drop for it in recipes])[0, 1] > 0.5


def test_the_set_is_read_as_a_set(tmp_path: Path) -> None:
    entries = age_pages(clean(3), 1, tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")
    found = list(find_pages(tmp_path, tmp_path))
    assert [(page.image.name, page.truth) for page in found] == [(f"{n:03d}.jpg", TRUTH) for n in range(3)]
    with Image.open(found[2].image) as image:
        assert image.size == (230, 297)


def test_pages_of_folders_come_with_their_truths(tmp_path: Path) -> None:
    Image.new("L", (30, 40), 200).save(tmp_path / "p.png")
    (tmp_path / "p.txt").write_text(TRUTH, encoding="utf-8")
    (page,) = folder_pages([tmp_path])
    assert (page.image.shape, page.truth, page.language) == ((40, 30, 3), TRUTH, "vie")
