"""A whole fonds goes out and comes into an empty home as the same archive; what was changed on the way is found."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInputError
from core.events import new_event
from core.model import owner
from indexer.port import SearchRequest
from jobs.home import Home
from jobs.importing import Origin, import_packages
from jobs.publish import stored_records
from jobs.search import search
from jobs.versions import make_version
from support.line import ROOT, call, cramped

FONDS, CASE, EMPTIED = "TAND-DA.DS", "TAND-DA.DS.1987.00042", "TAND-DA.DS.1987.00042.0000001"
SECOND = "TAND-DA.DS.1988.00007"
ARRIVED = b"<simpledc><title>Nguy\xc3\xaan b\xe1\xba\xa3n</title></simpledc>\n"


@pytest.fixture(scope="module")
def archive(finished: Path, paper: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fonds of two case files: one was described, came with descriptions and lost a document to a removal."""
    home = Path(shutil.copytree(finished, tmp_path_factory.mktemp("archive") / "home"))
    page = str(next((paper / "01-quyet-dinh").iterdir()))
    assert call(home, "ingest", page, "--case-file", SECOND, "--batch", "lo-2").code == 0
    assert call(home, "page", "remove", f"{EMPTIED}.p0001", "--reason", "thuộc hồ sơ khác").code == 0
    assert call(home, "process").code == 0
    assert call(home, "describe", CASE, "--set", "title=Tranh chấp ranh giới đất thổ cư").code == 0
    opened = Home.open(home)
    record = json.loads(opened.store.files(CASE)["casefile.json"].path.read_bytes())
    told = [new_event("describe", CASE, "Lê Thu")]
    changes: dict[str, Path | bytes | None] = {"incoming/metadata/descriptive/EAD.xml": ARRIVED}
    with opened.lock("process"):
        make_version(opened, record, changes, [], told, message="import", who="Lê Thu")
        opened.flush_events()
    return home


@pytest.fixture(scope="module")
def delivered(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("delivered") / "ra"
    answer = call(archive, "export", FONDS, "--format", "bagit", str(target))
    assert answer.code == 0 and len(answer.data["exported"]) == 2
    return target


def dump(root: Path) -> dict[str, Any]:
    """What an archive is: files, fields, pages and hits of every case file. Packages and histories grow on the way."""
    home = Home.open(root)
    found: dict[str, Any] = {}
    for case_file, _ in home.store.heads():
        files = home.store.files(case_file)
        found[case_file] = {
            "files": {name: file.sha256 for name, file in files.items() if _is_kept(name)},
            "records": stored_records(home, case_file),
            "fields": call(root, "describe", case_file).data["fields"],
            "rows": [(row.id, row.label, row.profile, row.record) for row in home.catalogue.documents()],
        }
    found["index"] = home.index.digest()
    found["hits"] = [
        [
            (hit["page_id"], hit["boxes"], hit["snippet"])
            for hit in search(home, SearchRequest(words), owner("x"))["hits"]
        ]
        for words in ("tranh chấp", "hàng rào dâm bụt", "tòa án")
    ]
    return found


def _is_kept(name: str) -> bool:
    return not name.startswith("aip/") and name != "events.jsonl"


def events(root: Path, case_file: str) -> list[bytes]:
    return Home.open(root).store.files(case_file)["events.jsonl"].path.read_bytes().splitlines()


def empty_home(root: Path) -> Home:
    return Home.create(root, "Tòa án nhân dân tỉnh Sông Bé", "Lê Thu", demo=False)


def test_a_fonds_comes_back_as_the_same_archive(archive: Path, delivered: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "home"
    assert call(fresh, "init").code == 0
    answer = call(fresh, "import", str(delivered))
    assert answer.code == 0, answer
    assert [entry["state"] for entry in answer.data["imported"]] == ["whole", "whole"]
    assert dump(fresh) == dump(archive)
    for case_file in (CASE, SECOND):
        old = events(archive, case_file)
        assert events(fresh, case_file)[: len(old)] == old
    files = Home.open(fresh).store.files(CASE)
    assert files["incoming/metadata/descriptive/EAD.xml"].path.read_bytes() == ARRIVED
    checked = call(fresh, "verify")
    assert checked.stderr == "" and all("not trusted" in entry["what"] for entry in checked.data["broken"])


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_that_was_broken_off_goes_on_and_writes_nothing_twice(
    archive: Path, delivered: Path, tmp_path: Path
) -> None:
    target = tmp_path / "ra"
    target.mkdir()
    shutil.copy2(delivered / f"{CASE}.zip", target)
    line = next(row for row in (delivered / "manifest-sha256.txt").read_text().splitlines() if CASE in row)
    (target / "manifest-sha256.txt").write_text(f"{line}\n0123456789abcdef", encoding="utf-8")
    (target / f".{SECOND}.zip.99999999.part").write_bytes(b"nua")
    before = (target / f"{CASE}.zip").stat().st_mtime_ns
    answer = call(archive, "export", FONDS, "--format", "bagit", str(target))
    assert answer.code == 0
    assert {entry["id"]: entry["kept"] for entry in answer.data["exported"]} == {CASE: True, SECOND: False}
    assert tree(target) == tree(delivered) and (target / f"{CASE}.zip").stat().st_mtime_ns == before


def test_what_was_damaged_in_the_folder_is_written_again(archive: Path, delivered: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(delivered, tmp_path / "ra"))
    data = (target / f"{CASE}.zip").read_bytes()
    (target / f"{CASE}.zip").write_bytes(data[:4000] + bytes([data[4000] ^ 1]) + data[4001:])
    assert call(archive, "export", FONDS, "--format", "bagit", str(target)).code == 0
    assert tree(target) == tree(delivered)


def test_a_killed_export_leaves_whole_packages_only(archive: Path, delivered: Path, tmp_path: Path) -> None:
    target = tmp_path / "ra"
    command = [sys.executable, "-m", "cli", "--home", str(archive), "export", FONDS, "--format", "bagit", str(target)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and not (target.exists() and any(target.iterdir())):
        time.sleep(0.005)
    running.kill()
    running.wait()
    whole = tree(delivered)
    for path in target.glob("*.zip"):
        assert path.read_bytes() == whole[path.name]
    assert call(archive, "export", FONDS, "--format", "bagit", str(target)).code == 0
    assert tree(target) == whole


def test_a_full_disk_ends_an_export_with_one_sentence(archive: Path, delivered: Path, tmp_path: Path) -> None:
    target = tmp_path / "ra"
    args = ("export", FONDS, "--format", "bagit", str(target))
    assert cramped(archive, 60_000, *args) == (4, "core.disk-full")
    assert [path.name for path in target.iterdir()] == []
    assert call(archive, *args).code == 0 and tree(target) == tree(delivered)


@pytest.mark.parametrize("form", ["aip", "bagit"])
def test_any_flipped_byte_is_found_before_anything_is_taken_in(archive: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "ra"
    assert call(archive, "export", SECOND, "--format", form, "--folder", str(target)).code == 0
    rng = random.Random(5)
    files = sorted(path for path in target.rglob("*") if path.is_file())
    drawn = [*rng.choices(files, k=12), *(path for path in files if path.name in ("METS.xml", "manifest-sha256.txt"))]
    fresh = empty_home(tmp_path / "home")
    for path in drawn:
        old = path.read_bytes()
        place = rng.randrange(len(old))
        path.write_bytes(old[:place] + bytes([old[place] ^ 1 << rng.randrange(8)]) + old[place + 1 :])
        assert _is_refused(fresh, target), path
        path.write_bytes(old)
    assert list(fresh.store.objects()) == []
    assert not _is_refused(fresh, target)


def _is_refused(home: Home, target: Path) -> bool:
    try:
        done, failed = import_packages(home, [target], Origin("Lê Thu"))
    except BadInputError:
        return True
    return done == [] and len(failed) > 0


def test_a_zip_file_is_held_against_the_manifest_beside_it(delivered: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(delivered, tmp_path / "ra"))
    with zipfile.ZipFile(target / f"{CASE}.zip", "a") as archive:
        archive.comment = b"."
    fresh = empty_home(tmp_path / "home")
    done, ((name, failure),) = import_packages(fresh, [target / f"{CASE}.zip"], Origin("Lê Thu"))
    assert done == [] and name.endswith(f"{CASE}.zip") and failure.code == "jobs.import-bad"


def test_a_zip_file_without_a_manifest_is_refused_wherever_it_is_damaged(delivered: Path, tmp_path: Path) -> None:
    data = (delivered / f"{SECOND}.zip").read_bytes()
    fresh, rng = empty_home(tmp_path / "home"), random.Random(5)
    for _ in range(20):
        place = rng.randrange(len(data) // 2, len(data) * 3 // 4)
        (tmp_path / "gói.zip").write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        assert _is_refused(fresh, tmp_path / "gói.zip"), place


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (("export", CASE, "--format", "sip", "--copy", "plain"), 2, "jobs.export-copy-form"),
        (("export", f"{CASE}.0000002", "--format", "pdf", "--whole"), 2, "jobs.export-whole"),
    ],
)
def test_copies_are_of_pdfs_and_whole_case_files(
    archive: Path, tmp_path: Path, args: tuple[str, ...], code: int, error: str
) -> None:
    answer = call(archive, *args, str(tmp_path / "ra"))
    assert (answer.code, answer.data["error"]["code"]) == (code, error)


def test_a_certified_copy_is_signed_and_the_archive_stays_as_it_was(archive: Path, tmp_path: Path) -> None:
    before = {path: file.sha256 for path, file in Home.open(archive).store.files(CASE).items()}
    answer = call(archive, "export", CASE, "--format", "pdf", "--copy", "certified", "--whole", str(tmp_path / "ra"))
    (entry,) = answer.data["exported"]
    assert answer.code == 0 and entry["copy"] == "certified" and entry["pdfa"] in ("passed", "not_verified")
    assert Path(entry["path"]).name == f"{CASE}.certified.pdf"
    signed = subprocess.run(["pdfsig", entry["path"]], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in signed and "DEMO" in signed
    text = subprocess.run(["pdftotext", entry["path"], "-"], capture_output=True, text=True, check=False).stdout
    assert "BẢN SAO" in text and "dâm bụt" in text
    assert {path: file.sha256 for path, file in Home.open(archive).store.files(CASE).items()} == before


def test_nobody_certifies_without_a_certificate(archive: Path, delivered: Path, tmp_path: Path) -> None:
    fresh = empty_home(tmp_path / "home")
    import_packages(fresh, [delivered / f"{SECOND}.zip"], Origin("Lê Thu"))
    answer = call(fresh.root, "export", SECOND, "--format", "pdf", "--copy", "certified", str(tmp_path / "ra"))
    assert answer.code == 3 and answer.data["failed"][0]["code"] == "jobs.export-no-certificate"
    assert [path.name for path in (tmp_path / "ra").iterdir()] == ["manifest-sha256.txt"]
