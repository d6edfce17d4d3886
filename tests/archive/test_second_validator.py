"""A validator that is not ours and not Python says the same of store and copy: ocfl-java, set up by ``make setup``."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from ocfl.storage_root import StorageRoot

from archive.store import Store
from support.copies import CASES, another, make_copy, make_store

TOOL = Path(__file__).parents[2] / "tools" / "ocfl" / "build.sh"
KNOWN_WARNINGS = {"W005", "W008"}
"""An identifier is that of the case file and no URI; a user has a name and no address. That is all there is."""


@pytest.fixture(scope="module")
def tool() -> Path:
    return Path(subprocess.run([TOOL], check=True, capture_output=True, text=True, timeout=600).stdout.strip())


def judged(tool: Path, store: Store) -> dict[str, tuple[str, str, set[str]]]:
    """Folder of a case file → good or bad, errors, codes of warnings."""
    command = ["java", "-cp", f"{tool}/classes:{tool}/jars/*", "OcflCheck", str(store.root)]
    utf8 = {**os.environ, "LC_ALL": "C.UTF-8"}  # Java names files by the locale
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, env=utf8)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {case: (state, errors, set(re.findall(r"W\d{3}", warned))) for state, case, errors, warned in rows}


def test_store_and_copy_pass_both_validators(tool: Path, tmp_path: Path) -> None:
    store = make_store(tmp_path)
    places = [str(store.place(case)) for case in CASES]
    for one in (store, make_copy(store, tmp_path / "copy")):
        assert judged(tool, one) == dict.fromkeys(places, ("good", "", KNOWN_WARNINGS))
        theirs = StorageRoot(str(one.root))
        assert theirs.validate(log_warnings=False) and theirs.good_objects == len(CASES)


def test_the_second_validator_sees_damage(tool: Path, tmp_path: Path) -> None:
    store = another(make_store(tmp_path), tmp_path / "bad")
    next((store.root / store.place(CASES[0]) / "v1" / "content").rglob("*.pdf")).write_bytes(b"rotten")
    found = judged(tool, store)
    assert [found[str(store.place(case))][0] for case in CASES] == ["bad", "good", "good"]
