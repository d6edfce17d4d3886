"""One byte changed anywhere under a home's store or its copy: is it found, and put right?

``python -m bench.flips HOME [--flips N] [--seed N]``. Works on a copy of the home with a second copy of its own.
Every kind of file is drawn equally often (contents by their extension, inventories, sidecars, marks, root files),
then a file of the kind, then a byte. After each flip the storage root is looked at as ``verify`` does, then
``fixity``'s healing runs, and the bytes must be what they were.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from archive.copies import Copy
from archive.fixity import Damage, verify_root
from archive.healing import heal, heal_root
from archive.replication import replicate
from archive.sealed import verify_sealed
from archive.store import Store
from jobs.home import Home
from jobs.seals import SealBook


class Pair:
    """A store, its copy and their seals, in a temporary place."""

    def __init__(self, home: Path, work: Path) -> None:
        shutil.copytree(home, work / "home")
        opened = Home.open(work / "home")
        self.book = SealBook(opened)
        (work / "disk").mkdir()
        copy = Copy("hai", work / "disk" / "store", "flips").make()
        for case_file, head in self.book.heads().items():
            replicate(opened.store, copy, case_file, self.book.of(case_file), head)
        self.stores = (opened.store, copy)
        opened.catalogue.close()

    def case_of(self, store: Store, path: Path) -> str | None:
        """The case file that a file belongs to; ``None`` for the storage root's own."""
        held = (name for name in self.book.heads() if store.root / store.place(name) in path.parents)
        return next(held, None)

    def found(self, store: Store, case_file: str | None) -> list[Damage]:
        """The damage that is seen."""
        if case_file is None:
            return verify_root(store.root)
        return verify_sealed(store, case_file, self.book.of(case_file), self.book.heads()[case_file])

    def heal(self, store: Store, case_file: str | None, aside: Path) -> None:
        """Put it right from the other one."""
        other = self.stores[1 - self.stores.index(store)]
        if case_file is None:
            heal_root(store, aside, [])
        else:
            head = self.book.heads()[case_file]
            heal(store, case_file, self.book.of(case_file), head, [("other", other)], aside)


def kind_of(path: Path) -> str:
    """The kind of a file of the store."""
    return path.suffix or path.name


def flip(path: Path, draw: random.Random) -> bytes:
    """Change one byte; the bytes as they were."""
    sound = path.read_bytes()
    place = draw.randrange(len(sound))
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(bytes([sound[place] ^ draw.randrange(1, 256)]))
    return sound


def main() -> None:
    """Print what was found and healed of each kind; exit 1 if anything was not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1987)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    found, healed, all_of = Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="butluc-flips-") as name:
        pair = Pair(args.home, Path(name))
        for turn in range(args.flips):
            store = pair.stores[turn % 2]
            files = sorted(path for path in store.root.rglob("*") if path.is_file() and path.stat().st_size)
            kind = draw.choice(sorted({kind_of(path) for path in files}))
            path = draw.choice([path for path in files if kind_of(path) == kind])
            case_file = pair.case_of(store, path)
            sound = flip(path, draw)
            where = str(path.relative_to(store.root))
            all_of[kind] += 1
            found[kind] += any(where.startswith(damage.where) for damage in pair.found(store, case_file))
            pair.heal(store, case_file, Path(name, "aside", str(turn)))
            healed[kind] += path.read_bytes() == sound and not pair.found(store, case_file)
    for kind, count in sorted(all_of.items()):
        print(f"{kind:40} {count:4} flips, {found[kind]:4} found, {healed[kind]:4} healed")
    print(f"{args.flips} flips, {found.total()} found, {healed.total()} healed")
    raise SystemExit(0 if found.total() == healed.total() == args.flips else 1)


if __name__ == "__main__":
    main()
