"""The documentation tells of what there is: every command and option, every package, messages as they are printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import root
from core.errors import ExitCode

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "README.vi.md", *sorted(DOCS.glob("*.md")))


def commands(group: click.Group, path: str = "butluc") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None, f"{path} {name} is listed but cannot be loaded"
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(root))


def sections(page: Path, level: str) -> dict[str, str]:
    """Heading → text below it, for headings of one level; a heading of a higher level ends the text."""
    higher = f"#{{1,{len(level)}}} "
    parts = re.split(rf"^(?={higher})", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = [part.partition("\n") for part in parts if part.startswith(f"{level} ")]
    return {heading.removeprefix(f"{level} "): text for heading, _, text in found}


def described_options(text: str) -> set[str]:
    """Options that have a list item of their own."""
    items = re.findall(r"^- (`-.*?):", text, flags=re.MULTILINE)
    return {option for item in items for option in re.findall(r"`(--?[a-z-]+)", item)}


def options(command: click.Command) -> set[str]:
    return {name for param in command.params if isinstance(param, click.Option) for name in param.opts}


def test_cli_page_describes_every_command_and_no_other() -> None:
    described = {heading for heading in sections(DOCS / "cli.md", "###") if heading.startswith("butluc ")}
    assert described == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_cli_page_describes_every_option_and_argument_of(path: str) -> None:
    command, text = COMMANDS[path], sections(DOCS / "cli.md", "###")[path]
    assert described_options(text) == options(command)
    usage = re.search(rf"^    {path}(?= |$)(.*)$", text, flags=re.MULTILINE)
    assert usage, f"docs/cli.md: the line that shows how “{path}” is called is missing"
    for param in command.params:
        if isinstance(param, click.Argument):
            assert param.human_readable_name in usage[1]
        elif param.required:
            assert re.search(rf"(?<!\[){param.opts[0]} ", usage[1]), f"{param.opts[0]} is required"


@pytest.mark.parametrize("path", COMMANDS)
def test_cli_page_gives_the_json_shape_of(path: str) -> None:
    assert re.search(r"^JSON.*`", sections(DOCS / "cli.md", "###")[path], flags=re.MULTILINE)


def test_cli_page_describes_the_options_before_the_command() -> None:
    text = sections(DOCS / "cli.md", "##")["Options before the command"]
    assert described_options(text) == options(root) | {"-h", "--help"}


def test_cli_page_lists_every_exit_code() -> None:
    text = sections(DOCS / "cli.md", "##")["Exit codes"]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", text, flags=re.MULTILINE)] == sorted(ExitCode)


def test_every_package_is_named_on_the_architecture_page() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    packages = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    assert "core" in packages
    assert [name for name in packages if f"`{name}/`" not in text] == []


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_both_make_commands_are_in(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in text
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere_from(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings: lower case, spaces as hyphens, other signs left out."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_call_commands_and_options_that_exist_on(page: Path) -> None:
    for line in re.findall(r"^    (butluc .+)$|`(butluc [^`]+)`", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        check_example(line[0] or line[1])


def check_example(example: str) -> None:
    words = re.sub(r"'[^']*'|\"[^\"]*\"", "TEXT", example).split()[1:]
    while words and words[0].startswith(("-", "[")):
        words = words[2:] if words[0] == "--home" else words[1:]
    path = next((p for p in (" ".join(["butluc", *words[:n]]) for n in (2, 1)) if p in COMMANDS), None)
    if path is None:
        assert not words or words[0].isupper() or words[0].endswith("]"), f"no such command: {example}"
        return
    used = {word.strip("[]") for word in words if word.strip("[]").startswith("--") and word != "--"}
    assert used <= options(COMMANDS[path]) | {"--json", "--help"}, example


def test_error_page_prints_messages_as_they_are() -> None:
    entries = sections(DOCS / "errors.md", "###")
    assert entries
    for heading, text in entries.items():
        code = re.match(r"\s*`(\w+)\.([\w-]+)` · exit (\d+) · “(.+)”$", text, flags=re.MULTILINE)
        assert code, f"docs/errors.md: code, exit code and Vietnamese message are missing below “{heading}”"
        package, slug, exit_code, vietnamese = code.groups()
        assert int(exit_code) in set(ExitCode)
        shown = {lang: as_shown(part["message"]) for lang, part in messages(package)[slug].items()}
        assert shown == {"en": heading, "vi": vietnamese}, f"docs/errors.md: {package}.{slug} reads otherwise now"


def messages(package: str) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = json.loads(
        (ROOT / package / "messages.json").read_text(encoding="utf-8")
    )
    return found


def as_shown(message: str) -> str:
    return re.sub(r"\{\w+\}", "…", message)


def test_error_page_names_every_notice_of_a_search() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    notices = [entry["en"]["message"] for slug, entry in messages("indexer").items() if slug.startswith("notice-")]
    assert notices
    assert [notice for notice in notices if f"| {notice} |" not in text] == []
