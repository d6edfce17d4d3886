"""``kill -9`` after a random step of publication, copying and healing, and at random moments of backup and restore.

``python -m bench.power_cuts HOME [--kills N] [--seed N]``. In turns: a version of a case file of the home is
published, copied to a second store, or put right after damage, by a process that kills itself after a drawn step
(files staged, flushed, planned, each rename); a backup is made, or restored into an empty folder, by a process that
is killed at a drawn moment, and so are an export and its import into an empty home. After each kill what is there must
be whole: every object passes all checks in its old state or its new one, a backup with a manifest verifies, a folder
with settings holds every byte, a package that has its name holds what it should. Then the same again to its end must
give what an undisturbed run gives.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from archive.copies import Copy
from archive.fixity import verify_store
from archive.healing import heal
from archive.publication import Step
from archive.replication import replicate
from archive.sealed import verify_sealed
from archive.store import Store
from core.events import now
from jobs.backup import verify_backups
from jobs.home import Home
from jobs.medium import IDENTITY, Medium
from jobs.seals import SealBook, seal_events

ROUNDS = ("publish", "copy", "heal", "backup", "restore", "export", "import")
_ROUNDS_OF_A_HOME = 15


def in_fork(act: Callable[[Step], object], stop: int) -> bool:
    """Do something in a process that kills itself after ``stop`` steps; whether it got that far."""
    child = os.fork()
    if child == 0:
        left = stop

        def step(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            act(step)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _documents(store: Store, case_file: str) -> dict[str, str]:
    """The signed documents of a case file, by their digests."""
    return {path: file.sha512 for path, file in store.files(case_file).items() if path.endswith(".pdf")}


class Cuts:
    """A home, a copy and a backup medium in a temporary place, and what is done to them."""

    def __init__(self, home: Path, work: Path, draw: random.Random) -> None:
        self.work, self.draw = work, draw
        self.root = work / "home"
        shutil.copytree(home, self.root)
        self.home = Home.open(self.root)
        self.case = next(iter(SealBook(self.home).heads()))
        (work / "disk").mkdir()
        self.copy = Copy("hai", work / "disk" / "store", "cuts")
        self.copy.make()

    def seals(self) -> dict[str, str]:
        """The seals of what lies in the store."""
        return {event.details["version"]: event.details["inventory"] for event in seal_events(self.home, self.case)}

    def publish(self, number: int) -> bool:
        """A further version, cut off; then once more to its end."""
        changes: dict[str, Path | bytes | None] = {
            f"cuts/{n}.bin": self.draw.randbytes(2000) + str(number).encode() for n in range(3)
        }

        def act(step: Step) -> object:
            return Store(self.home.store.root, self.home.store.staging, step=step).publish(
                self.case, changes, "cut", "bench", now()
            )

        before = self.home.store.head(self.case)
        killed = in_fork(act, self.draw.randint(1, 10))
        self.home.store.recover()
        assert not list(verify_store(self.home.store, [self.case]))
        assert self.home.store.head(self.case) in (before, f"v{int((before or 'v0')[1:]) + 1}")
        self.home.store.publish(self.case, changes, "cut", "bench", now())
        assert not list(verify_store(self.home.store, [self.case]))
        self.home.record(*seal_events(self.home, self.case, before))
        return killed

    def copy_over(self, _: int) -> bool:
        """Copy what the copy lacks, cut off; then to its end."""
        seals, head = self.seals(), self.home.store.head(self.case) or ""
        killed = in_fork(
            lambda step: replicate(self.home.store, self.copy.open(step=step), self.case, seals, head),
            self.draw.randint(1, 30),
        )
        target = self.copy.open()
        target.recover()
        assert not list(verify_store(target))
        replicate(self.home.store, target, self.case, seals, head)
        place = target.place(self.case)
        assert bytes_of(target.root / place) == bytes_of(self.home.store.root / place)
        return killed

    def heal(self, number: int) -> bool:
        """Damage some files of the copy and put them right, cut off; then to the end."""
        self.copy_over(number)
        target, seals = self.copy.open(), self.seals()
        place, head = target.place(self.case), self.home.store.head(self.case) or ""
        files = sorted(path for path in (target.root / place).rglob("*") if path.is_file())
        for path in self.draw.sample(files, min(4, len(files))):
            path.write_bytes(b"rotten") if self.draw.random() < 0.6 else path.unlink()
        aside = self.work / "aside" / str(number)

        def act(step: Step) -> object:
            return heal(self.copy.open(step=step), self.case, seals, head, [("store", self.home.store)], aside)

        killed = in_fork(act, self.draw.randint(1, 4))
        done = heal(target, self.case, seals, head, [("store", self.home.store)], aside)
        assert not done.lost and not verify_sealed(target, self.case, seals, head)
        assert bytes_of(target.root / place) == bytes_of(self.home.store.root / place)
        return killed

    def backup(self, number: int) -> bool:
        """A backup on a new medium, cut off; then to its end."""
        disk = self.work / f"backup-{number}"
        killed = self._killed(disk, "backup", str(disk))
        if (disk / IDENTITY).exists() and Medium.open(disk).names():
            assert not verify_backups(disk)["broken"]
        self._butluc("backup", str(disk))
        assert not verify_backups(disk)["broken"]
        shutil.rmtree(disk)
        return killed

    def restore(self, number: int) -> bool:
        """A backup brought back into an empty folder, cut off; then to its end."""
        disk, back = self.work / f"medium-{number}", self.work / f"back-{number}"
        self._butluc("backup", str(disk))
        killed = self._killed(back, "restore", str(disk), "--to", str(back))
        if (back / "butluc.toml").exists():
            self._same(back)
        if killed:
            self._butluc("restore", str(disk), "--to", str(back))
        self._same(back)
        shutil.rmtree(disk)
        shutil.rmtree(back)
        return killed

    def export(self, number: int) -> bool:
        """A package with all masters written into a folder, cut off; then to its end."""
        ground = self.work / f"out-{number}"
        args = ("export", self.case, str(ground), "--format", "bagit")
        killed = self._killed(ground, *args)
        for package in ground.glob("[!.]*.zip"):
            assert ZipFile(package).testzip() is None
        shutil.rmtree(ground)
        self._butluc(*args)
        assert len(list(ground.glob("*.zip"))) == 1
        shutil.rmtree(ground)
        return killed

    def take_in(self, number: int) -> bool:
        """That package brought into an empty home, cut off; then to its end."""
        ground, root = self.work / f"in-{number}", self.work / f"new-{number}"
        self._butluc("export", self.case, str(ground), "--format", "bagit")
        (package,) = ground.glob("*.zip")
        subprocess.run(self._command("init", home=root), check=True, capture_output=True)
        killed = self._killed(root, "import", str(package), home=root)
        fresh = Home.open(root)
        fresh.store.recover()
        assert not list(verify_store(fresh.store))
        done = subprocess.run(self._command("import", str(package), home=root), capture_output=True, check=False)
        assert fresh.store.head(self.case) is not None, done.stdout
        assert not list(verify_store(fresh.store))
        assert _documents(fresh.store, self.case) == _documents(self.home.store, self.case)
        fresh.catalogue.close()
        shutil.rmtree(ground)
        shutil.rmtree(root)
        return killed

    def _same(self, back: Path) -> None:
        for folder in ("store", "journal"):
            assert bytes_of(back / folder) == bytes_of(self.root / folder)

    def _command(self, *args: str, home: Path | None = None) -> list[str]:
        return [sys.executable, "-m", "cli", "--home", str(home or self.root), *args]

    def _butluc(self, *args: str) -> None:
        subprocess.run(self._command(*args), check=True, capture_output=True)

    def _killed(self, begun: Path, *args: str, home: Path | None = None) -> bool:
        """Kill a command at a drawn moment after it began to work."""
        silent = subprocess.DEVNULL
        with subprocess.Popen(self._command(*args, home=home), stdout=silent, stderr=silent) as child:
            while child.poll() is None and not begun.exists():
                time.sleep(0.002)
            time.sleep(self.draw.uniform(0, 0.5))
            ended = child.poll() is not None
            child.kill()
        return not ended


def main() -> None:
    """Print how many kills each kind had; any half object ends it with an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--only", choices=ROUNDS, nargs="*", default=list(ROUNDS))
    parser.add_argument("--seed", type=int, default=1987)
    args = parser.parse_args()
    kills, number, draw = Counter[str](), 0, random.Random(args.seed)
    while kills.total() < args.kills:
        with tempfile.TemporaryDirectory(prefix="butluc-cuts-") as name:
            cuts = Cuts(args.home, Path(name), draw)  # a case file of many versions takes long to check
            ways = (cuts.publish, cuts.copy_over, cuts.heal, cuts.backup, cuts.restore, cuts.export, cuts.take_in)
            acts = dict(zip(ROUNDS, ways, strict=True))
            for _ in range(_ROUNDS_OF_A_HOME):
                kind = args.only[number % len(args.only)]
                kills[kind] += acts[kind](number)
                number += 1
                if kills.total() == args.kills:
                    break
            cuts.home.catalogue.close()
        print(f"{kills.total()} kills in {number} rounds", flush=True)
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kills.items()))
    print(f"{kills.total()} kills in {number} rounds ({told}): never a half object")


if __name__ == "__main__":
    main()
