"""Files that survive: whole or not at all, hashed, locked."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadInputError, MissingToolError
from core.files import copy_hashed, locked, sha256_file, write_atomic


def test_copy_is_hashed_and_leaves_no_part(tmp_path: Path) -> None:
    source, target = tmp_path / "a.bin", tmp_path / "b.bin"
    source.write_bytes(b"t\xc3\xb2a" * 500_000)
    assert copy_hashed(source, target) == hashlib.sha256(source.read_bytes()).hexdigest() == sha256_file(target)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bin", "b.bin"]


def test_full_disk_is_one_sentence_and_keeps_the_old_file() -> None:
    with pytest.raises(MissingToolError) as caught:
        write_atomic(Path("/dev/full/x") if Path("/dev/full").is_dir() else full_file(), b"x")
    assert caught.value.code == "core.disk-full"


def full_file() -> Path:
    """A path whose temporary sibling cannot be flushed: a link to the device that is always full."""
    import os
    import tempfile

    folder = Path(tempfile.mkdtemp())
    (folder / f".x.{os.getpid()}.part").symlink_to("/dev/full")
    return folder / "x"


def test_unreadable_source_names_itself(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        copy_hashed(tmp_path / "none", tmp_path / "b")
    assert BadInputError("core.no-permission", file="x").exit_code == 3


def test_lock_keeps_others_out_and_is_freed_by_death(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "process.lock"
    code = (
        "import sys,time;sys.path.insert(0,sys.argv[2]);from pathlib import Path;from core.files import locked\n"
        "with locked(Path(sys.argv[1])):\n print('held',flush=True);time.sleep(60)"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", code, str(lock), root], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline() == b"held\n"
        with pytest.raises(MissingToolError) as caught, locked(lock, wait=False):
            pass
        assert caught.value.params["holder"] == str(child.pid)
        child.kill()
    with locked(lock, wait=False):
        pass
