"""A process killed at any point of a publication leaves the old version or the new one, never half of either."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ocfl.storage_root import StorageRoot

from archive.fixity import verify_store
from archive.publication import Step
from archive.store import Store
from support.forks import in_fork

CASE = "TAND-HN.HS.1987.00123"
NEIGHBOUR = "TAND-HN.HS.1987.00124"
AT = "2026-11-23T03:15:42.000+00:00"
CHILD = """
import os, signal, sys
from pathlib import Path
from archive.store import Store
root, staging, case, version, stop = sys.argv[1:]
count = 0
def step(name):
    global count
    count += 1
    print(name, flush=True)
    if count == int(stop):
        os.kill(os.getpid(), signal.SIGKILL)
changes = {f"{n}.pdf": f"{version} page {n}".encode() * 50 for n in range(3)}
Store(Path(root), Path(staging), step=step).publish(case, changes, version, "Bút", "2026-11-23T03:15:42.000+00:00")
"""
FULL_RUN = 10
"""Steps of a publication of three files."""


def contents(version: str) -> dict[str, bytes]:
    return {f"{n}.pdf": f"{version} page {n}".encode() * 50 for n in range(3)}


def held(store: Store) -> dict[str, bytes] | None:
    if store.head(CASE) is None:
        return None
    return {name: file.path.read_bytes() for name, file in store.files(CASE).items()}


def assert_sound(store: Store) -> None:
    assert list(verify_store(store)) == []
    root = StorageRoot(str(store.root))
    assert root.validate(log_warnings=False) and root.num_objects == root.good_objects and not root.errors
    assert [path.name for path in store.staging.iterdir()] == ["lock"]


def fresh_store(folder: Path, *, with_first: bool) -> Store:
    store = Store(folder / "store", folder / "staging")
    store.create()
    store.publish(NEIGHBOUR, {"x.pdf": b"neighbour"}, "m", "u", AT)
    if with_first:
        store.publish(CASE, contents("v1"), "m", "u", AT)
    return store


def child(store: Store, version: str, stop: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD, str(store.root), str(store.staging), CASE, version, str(stop)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


def killed_in_fork(store: Store, version: str, stop: int) -> bool:
    """Publish in a forked process that kills itself after ``stop`` steps; whether it got to be killed."""

    def publish(step: Step) -> None:
        Store(store.root, store.staging, step=step).publish(CASE, contents(version), "m", "u", AT)

    return in_fork(publish, stop)


@pytest.mark.parametrize("with_first", [False, True])
def test_publication_killed_after_every_step_is_whole_after_recovery(tmp_path: Path, with_first: bool) -> None:
    killed, outcomes = 0, []
    for stop in range(1, 40):
        store = fresh_store(tmp_path / str(stop), with_first=with_first)
        before = held(store)
        if not killed_in_fork(store, "v2", stop):
            break
        killed += 1
        assert held(store) in (before, contents("v2"))
        store.recover()
        assert held(store) in (before, contents("v2"))
        assert_sound(store)
        outcomes.append(held(store) == contents("v2"))
    assert killed >= 7
    assert outcomes == sorted(outcomes) and not outcomes[0] and outcomes[-1]


def test_publication_killed_again_and_again_ends_with_the_last_version(tmp_path: Path) -> None:
    store = fresh_store(tmp_path, with_first=True)
    chance = random.Random(1987)
    wanted = contents("v1")
    for number in range(60):
        before = wanted
        wanted = contents(f"round {number}")
        assert killed_in_fork(store, f"round {number}", chance.randint(1, FULL_RUN))
        if chance.random() < 0.5:
            store.recover()
        else:
            store.publish(CASE, wanted, "m", "u", AT)
        assert held(store) in (before, wanted)
        wanted = held(store) or {}
    assert_sound(store)


def test_publication_recovery_itself_may_be_killed(tmp_path: Path) -> None:
    for stop in range(1, 7):
        store = fresh_store(tmp_path / str(stop), with_first=True)
        assert killed_in_fork(store, "v2", 6)
        in_fork(lambda step: Store(store.root, store.staging, step=step).recover(), stop)  # noqa: B023  runs at once
        store.recover()
        assert held(store) == contents("v2")
        assert_sound(store)


def test_publication_in_another_program_killed_at_any_moment(tmp_path: Path) -> None:
    store = fresh_store(tmp_path, with_first=True)
    chance = random.Random(2025)
    for number in range(4):
        before, version = held(store), f"other {number}"
        process = child(store, version, 99)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.random() * 0.01)
        process.kill()
        process.wait()
        process.stdout.close()
        assert held(store) in (before, contents(version))
        store.recover()
        assert held(store) in (before, contents(version))
        assert_sound(store)


def test_publication_may_be_read_while_it_goes_on(tmp_path: Path) -> None:
    store = fresh_store(tmp_path, with_first=True)
    process = os.fork()
    if process == 0:
        with contextlib.suppress(BaseException):
            for number in range(25):
                store.publish(CASE, contents(f"n{number}"), "m", "u", AT)
        os._exit(0)
    allowed = [contents("v1"), *(contents(f"n{number}") for number in range(25))]
    seen = 0
    while os.waitpid(process, os.WNOHANG) == (0, 0):
        assert held(store) in allowed
        assert list(verify_store(store, [CASE])) == []
        seen += 1
    assert seen and held(store) == contents("n24")


def test_publication_leftovers_without_a_plan_are_thrown_away(tmp_path: Path) -> None:
    store = fresh_store(tmp_path, with_first=True)
    half = store.staging / "0123" / "version" / "content"
    half.mkdir(parents=True)
    (half / "x.pdf").write_bytes(b"half")
    assert store.recover() == []
    assert held(store) == contents("v1")
    assert_sound(store)
