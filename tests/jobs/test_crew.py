"""The crew: every document comes back once, whatever becomes of the workers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ButlucError, MissingToolError
from core.model import Flag, MasterKind, PageImage
from jobs.crew import work
from jobs.profile import Profile
from jobs.reading import PageTask
from jobs.worker import DocumentTask, make_document

CASE = "TAND-HN.DS.1987.00042"


def document(number: int, pages: int) -> DocumentTask:
    name = f"{CASE}.{number:07d}"
    images = tuple(page(name, count) for count in range(1, pages + 1))
    return DocumentTask(
        id=name,
        case_file=CASE,
        batch="lo-1",
        profile_name="court-a4",
        profile=Profile("thử"),
        label="tài liệu",
        pages_key="k",
        images=images,
        organisation="Tòa án nhân dân thành phố Hà Nội",
        who="Nguyễn Thị Hòa",
        at="2026-11-24T00:00:00.000+00:00",
        signature=None,
        verapdf=Path("/nowhere"),
        cache=Path("/nowhere"),
    )


def page(name: str, count: int, flags: frozenset[Flag] = frozenset()) -> PageImage:
    size = {"width": 10, "height": 10, "dpi": 300.0, "mode": "colour", "batch": "lo-1", "sequence": count}
    return PageImage(
        id=f"{name}.p{count:04d}",
        master=Path("m.jpg"),
        sha256=f"{count:064x}",
        kind=MasterKind.IMAGE,
        frame=0,
        origin="m.jpg",
        blank_score=0.0,
        flags=flags,
        **size,  # type: ignore[arg-type]
    )


class ScriptedPool(Executor):
    """Answers at once what the script says of a document; a death breaks all that is asked of this pool later."""

    def __init__(self, script: Callable[[str], object]) -> None:
        self._script = script
        self._broken = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        (task,) = args
        future: Future[Any] = Future()
        name = task.id if isinstance(task, DocumentTask) else task.image.id.rpartition(".")[0]
        said = self._script(name)
        self._broken = self._broken or said is DEATH
        if self._broken:
            future.set_exception(BrokenProcessPool())
        elif isinstance(said, Exception):
            future.set_exception(said)
        else:
            assert isinstance(task, PageTask) or fn is make_document
            future.set_result({"id": name} if fn is make_document else None)
        return future


DEATH = object()


def run(tasks: list[DocumentTask], script: dict[str, object], jobs: int = 2) -> tuple[dict[str, Any], int]:
    read = 0

    def page_read() -> None:
        nonlocal read
        read += 1

    outcomes = list(work(tasks, jobs, page_read, lambda _: ScriptedPool(script.get)))
    assert len({task.id for task, _ in outcomes}) == len(outcomes), "a document came back twice"
    return {task.id: outcome for task, outcome in outcomes}, read


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(1, 4))
def test_every_document_is_made_once_after_all_its_pages(sizes: list[int], jobs: int) -> None:
    tasks = [document(number, pages) for number, pages in enumerate(sizes, 1)]
    outcomes, read = run(tasks, {}, jobs)
    assert outcomes == {task.id: {"id": task.id} for task in tasks}
    assert read == sum(sizes)


@given(st.sets(st.integers(1, 6), max_size=3), st.sets(st.integers(1, 6), max_size=3))
def test_only_the_document_that_kills_or_fails_is_missing(killers: set[int], failing: set[int]) -> None:
    tasks = [document(number, 2) for number in range(1, 7)]
    script: dict[str, object] = {tasks[number - 1].id: ValueError("chữ ký hỏng") for number in failing}
    script |= {tasks[number - 1].id: DEATH for number in killers}
    outcomes, _ = run(tasks, script)
    codes = {name: said.code for name, said in outcomes.items() if isinstance(said, ButlucError)}
    expected = {tasks[number - 1].id: "jobs.unforeseen" for number in failing}
    assert codes == expected | {tasks[number - 1].id: "jobs.worker-died" for number in killers}
    assert len(outcomes) == len(tasks)


def test_an_unforeseen_error_tells_what_it_was() -> None:
    task = document(1, 1)
    outcomes, _ = run([task], {task.id: KeyError("notation")})
    said = outcomes[task.id]
    assert isinstance(said, ButlucError)
    assert "KeyError: 'notation'" in said.message("vi")
    assert task.id in said.message("vi")


def test_a_missing_tool_ends_the_run() -> None:
    task = document(1, 1)
    with pytest.raises(MissingToolError):
        run([task, document(2, 1)], {task.id: MissingToolError("ocr.tesseract-missing", install="apt install x")})


def test_tasks_are_drawn_only_when_there_is_room() -> None:
    drawn: list[int] = []

    def source() -> Any:
        for number in range(1, 50):
            drawn.append(number)
            yield document(number, 1)

    outcomes = work(source(), 2, lambda: None, lambda _: ScriptedPool({}.get))
    next(outcomes)
    assert len(drawn) <= 5
    outcomes.close()
