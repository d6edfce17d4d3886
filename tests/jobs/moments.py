"""Kills a command at every so many of its file acts and calls it again: ``python moments.py WORK PAPER KIND``.

A file act is an opening for writing, a rename, a new folder or a removal, as Python's audit events tell of them. Every
command runs in a fork of this process, which has only imported the product, so that a kill costs no more than the
command itself. Pages are not read (engine ``none``) and nothing is signed. Prints a line for each kill that did not
end as the undisturbed command, and last the number of kills.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cli
from audit.chain import Chain
from bench.snapshot import leftovers, snapshot
from commands.context import COMMANDS, LazyGroup

ACTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
KILLS = 15
"""About so many of a command's file acts; each is a fork, two runs and a look at the whole home."""
PROFILE = 'title = "Không nhận dạng"\n[ocr]\nengine = "none"\norientation = false\ndeskew = false\n'
STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "init": (("init",),),
    "ingest": (("ingest", "PAPER", "--case-file", "TAND-DA.DS.1987.00042", "--profile", "mau"),),
    "process": (("process", "--jobs", "1"),),
    "rebuild": (("rebuild",),),
    "index": (("index", "rebuild"),),
}
"""Kind → the command that is killed; those before it in this order make the home that it finds."""


def fork(work: Callable[[], Any]) -> tuple[int, Any]:
    """Status of a fork that did ``work``, and what that gave; ``None`` of one that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            answer = work()
            os.write(writing, json.dumps(answer, ensure_ascii=False, default=str).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    return os.waitpid(child, 0)[1], json.loads(told) if told else None


def command(home: Path, args: tuple[str, ...], stop: int | None) -> tuple[int, int]:
    """Exit code and number of file acts of a command that dies at act ``stop``."""
    acts = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal acts
        if event not in ACTS or not str(arguments[0]).startswith(str(home)):
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        acts += 1
        if acts == stop:
            os.kill(os.getpid(), signal.SIGKILL)

    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.addaudithook(watch)
    try:
        cli.main(["--home", str(home), *args])
    except SystemExit as err:
        return int(str(err.code or 0)), acts
    raise AssertionError("cli.main ends with an exit")


def run(home: Path, args: tuple[str, ...], stop: int | None = None) -> tuple[int, int] | None:
    """Exit code and acts of a command in a fork, or ``None`` of one that was killed at act ``stop``."""
    answer = fork(lambda: command(home, args, stop))[1]
    return (answer[0], answer[1]) if answer else None


def picture(home: Path, kind: str) -> Any:
    """What the home holds when the command is through, as JSON has it."""
    inits = sum(record.event["act"] == "init" for record in Chain(home / "audit").records())
    whole = Chain(home / "audit").verify().ok
    seen = {**snapshot(home), "inits": inits, "whole": whole, "left": leftovers(home)}
    return seen if kind != "init" else {**seen, "names": sorted(path.name for path in home.iterdir())}


def main(work: Path, paper: Path, kind: str) -> None:
    """Prepare a home, kill and compare."""
    for name in COMMANDS:
        LazyGroup().get_command(None, name)  # type: ignore[arg-type]
    before, calm = work / "before", work / "calm"
    for name, calls in STEPS.items():
        args = [tuple(str(paper) if part == "PAPER" else part for part in call) for call in calls][0]
        if name == kind:
            break
        assert run(before, args) is not None
        (before / "profiles").mkdir(exist_ok=True)
        (before / "profiles" / "mau.toml").write_text(PROFILE, encoding="utf-8")
    if before.exists():
        shutil.copytree(before, calm)
    told = run(calm, args)
    assert told is not None and told[0] == 0, told
    expected = fork(lambda: picture(calm, kind))[1]
    moments = range(1, told[1] + 1, max(1, told[1] // KILLS))
    for stop in moments:
        home = work / f"at-{stop}"
        if before.exists():
            shutil.copytree(before, home)
        run(home, args, stop)
        again = run(home, args)
        found = fork(lambda home=home: picture(home, kind))[1]
        if again is None or again[0] not in ((0, 2) if kind == "init" else (0,)):
            print(f"act {stop}: the second run ended with {again}")
        elif found != expected:
            print(f"act {stop}: {[part for part in expected if not found or found[part] != expected[part]]}")
        shutil.rmtree(home)
    print(len(moments))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
