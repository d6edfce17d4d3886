"""Every message is there in both languages, with the same placeholders; errors survive the way between processes."""

from __future__ import annotations

import json
import pickle
import string
from pathlib import Path

import pytest

from core.errors import BadInputError

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("*/messages.json"))


def placeholders(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_both_languages_say_the_same(path: Path) -> None:
    for slug, languages in json.loads(path.read_text(encoding="utf-8")).items():
        assert set(languages) == {"vi", "en"}, slug
        assert set(languages["vi"]) == set(languages["en"]), slug
        for part in languages["vi"]:
            assert placeholders(languages["vi"][part]) == placeholders(languages["en"][part]), (slug, part)


def test_catalogues_are_found() -> None:
    assert {path.parent.name for path in CATALOGUES} >= {"core"}


def test_error_names_file_and_remedy_in_both_languages_and_pickles() -> None:
    error = BadInputError("core.no-permission", file="/kho/trang 1.tif")
    copy = pickle.loads(pickle.dumps(error))
    for lang in ("vi", "en"):
        assert "/kho/trang 1.tif" in copy.message(lang)
        assert copy.remedy(lang)
    assert copy.exit_code == 3 and copy.params == error.params
