"""A small home with real pages, made once through the real line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jobs.home import Home
from support.line import LETTER, MINUTES, SECOND, call, draw_page
from support.packages import Exported, make_exported
from support.retention import CASE, make_two, move_backups


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents of one case file: a decision of one page, minutes of two."""
    folder = tmp_path_factory.mktemp("paper")
    draw_page(LETTER, folder / "01-quyet-dinh" / "p1.jpg")
    draw_page(MINUTES, folder / "02-bien-ban" / "trang 2.png")
    draw_page(SECOND, folder / "02-bien-ban" / "trang 10.png")
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, paper: Path) -> Path:
    """A home in which the paper has gone through the whole line; not to be changed."""
    home = tmp_path_factory.mktemp("finished") / "home"
    assert call(home, "init", "--demo").code == 0
    folders = [str(path) for path in sorted(paper.iterdir())]
    assert call(home, "ingest", *folders, "--case-file", "TAND-DA.DS.1987.00042", "--batch", "lo-1").code == 0
    answer = call(home, "process")
    assert answer.code == 0 and answer.data["failed"] == []
    return home


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, paper: Path) -> Path:
    """A home with the paper taken in and nothing processed; not to be changed."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    call(home, "init", "--demo")
    folders = [str(path) for path in sorted(paper.iterdir())]
    assert call(home, "ingest", *folders, "--case-file", "TAND-DA.DS.1987.00042", "--batch", "lo-1").code == 0
    return home


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished home that a test may change."""
    target = tmp_path / "home"
    shutil.copytree(finished, target)
    return target


@pytest.fixture(scope="session")
def two(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of two case files, its copy and its backup medium; not to be changed."""
    work = tmp_path_factory.mktemp("two")
    make_two(finished, work)
    return work


@pytest.fixture
def work(two: Path, tmp_path: Path) -> Path:
    """A folder with the home, its copy and its backup medium, free to be changed."""
    for name in ("home", "second", "second.butluc"):
        shutil.copytree(two / name, tmp_path / name)
    move_backups(tmp_path, two)
    return tmp_path


@pytest.fixture
def before(work: Path) -> dict[str, bytes]:
    """The PDFs of the case file that stays."""
    store = Home.open(work / "home").store
    own = [stored.path for path, stored in store.files(CASE).items() if path.endswith(".pdf")]
    return {str(path.relative_to(store.root)): path.read_bytes() for path in own}


@pytest.fixture(scope="session")
def exported(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A home and the packages of its case file; not to be changed."""
    return make_exported(finished, tmp_path_factory.mktemp("exported"))
