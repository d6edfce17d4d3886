"""Every message is there in both languages, with the same placeholders; errors survive the way between processes."""

from __future__ import annotations

import json
import pickle
import re
import shlex
import string
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import root
from commands.context import CALL, for_home
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


_END = re.compile(r"[”;`]|, |\. |\.$|\)|: | (?:rồi|và|hoặc|để|and|then|or|to) |$")


def calls(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The commands that texts name, each up to the end of its clause, as words."""
    for slug, languages in json.loads(path.read_text(encoding="utf-8")).items():
        for text in (text for parts in languages.values() for text in parts.values()):
            for start in CALL.finditer(text):
                call = text[start.end() :]
                end = _END.search(call)
                assert end is not None
                yield slug, [word for word in shlex.split(call[: end.start()]) if word != "-v"]


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and what is given to it."""
    command, ctx = root, click.Context(root)
    while isinstance(command, click.Group) and words:
        found = command.get_command(ctx, words[0])
        assert found is not None, words
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_commands_in_texts_can_be_typed_as_they_stand(path: Path) -> None:
    """One that names its page or batch and an option has all that it must have; others only point to the command."""
    for slug, words in calls(path):
        command, given = command_of(words)
        options = {name for option in command.params for name in option.opts}
        assert {word for word in given if word.startswith("--")} <= options, (slug, words)
        if any(word.startswith("--") for word in given) and any("{" in word for word in given):
            needed = [it for it in command.params if isinstance(it, click.Option) and it.required]
            assert all(set(it.opts) & set(given) for it in needed), (slug, words)


def test_hints_are_calls_for_the_home_that_was_given() -> None:
    text = "Run “butluc rebuild”, see butluc batch show 1; a newer butluc helps."
    assert for_home(text, None) == text
    assert for_home(text, "kho lưu trữ") == (
        "Run “butluc --home 'kho lưu trữ' rebuild”, see butluc --home 'kho lưu trữ' batch show 1; a newer butluc helps."
    )
