"""A store with sealed case files and a copy of it, for tests below the command line."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from archive.copies import Copy
from archive.replication import number, replicate
from archive.store import Store

CASES = ("TAND-HN.HS.1987.00123", "TAND-HN.HS.1987.00124", "TAND-Đắk-Lắk.DS.1975.1")
AT = "2026-11-23T03:15:42.000+00:00"


def make_store(folder: Path) -> Store:
    """Three case files, the first with three versions."""
    store = Store(folder / "store", folder / "staging")
    store.create()
    for case in CASES:
        changes = {f"documents/{n:07}/{case}.{n:07}.pdf": f"bản án {case} {n}".encode() * 20 for n in range(2)}
        store.publish(case, changes, "Số hóa", "Bút", AT)
    store.publish(CASES[0], {"lô 1.json": b"{}"}, "Bổ sung", "Lục", AT)
    store.publish(CASES[0], {"lô 1.json": None, "trang.txt": "biên bản".encode()}, "Sửa", "Lục", AT)
    return store


def seals(store: Store, case: str) -> dict[str, str]:
    """The seals that would have been told when the versions were published."""
    folder = store.root / store.place(case)
    return {
        note.name: hashlib.sha512((folder / note.name / "inventory.json").read_bytes()).hexdigest()
        for note in store.versions(case)
    }


def make_copy(store: Store, folder: Path, name: str = "hai") -> Store:
    """A copy that is in step."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = Copy(name, folder / "store", "genesis").make()
    for case in CASES:
        replicate(store, copy, case, seals(store, case), store.head(case) or "")
    return copy


def tree(root: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, and every folder with ``None``."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes() for path in sorted(root.rglob("*"))
    }


def another(store: Store, folder: Path) -> Store:
    """The same store somewhere else, free to be damaged."""
    shutil.copytree(store.root, folder / "store")
    (folder / "staging").mkdir()
    return Store(folder / "store", folder / "staging")


def newest(known: dict[str, str]) -> str:
    """The newest version that is sealed."""
    return max(known, key=number)
