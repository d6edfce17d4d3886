"""Bad input costs one clear sentence and its own exit code; everything else goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from support.line import LETTER, MINUTES, ROOT, call, draw_page

CASE = "TAND-DA.HS.1996.00007"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home") / "kho"
    assert call(path, "init", "--demo").code == 0
    return path


def bad_files(folder: Path) -> dict[str, str]:
    """Files that cannot be used → the code that each must give."""
    good = draw_page(MINUTES, folder / "good.jpg", dpi=100).read_bytes()
    (folder / "good.jpg").unlink()
    (folder / "rỗng.jpg").write_bytes(b"")
    (folder / "cụt.jpg").write_bytes(good[: len(good) // 2])
    (folder / "chữ.tif").write_text("Đây không phải là ảnh.", encoding="utf-8")
    pikepdf.new().save(folder / "không-trang.pdf")
    locked = pikepdf.new()
    locked.add_blank_page()
    locked.save(folder / "khóa.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    Image.fromarray(np.zeros((20_000, 20_000), np.uint8)).save(folder / "quá-lớn.png", compress_level=1)
    return {"rỗng.jpg": "empty", "cụt.jpg": "", "chữ.tif": "", "không-trang.pdf": "", "khóa.pdf": "", "quá-lớn.png": ""}


def test_each_bad_file_is_named_and_kept_and_the_rest_goes_on(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hồ sơ"
    folder.mkdir()
    bad = bad_files(folder)
    draw_page(LETTER, folder / unicodedata.normalize("NFD", "quyết định.jpg"))
    answer = call(home, "ingest", str(folder), "--case-file", CASE, "--batch", "xấu")
    assert answer.code == 1
    assert len(answer.data["pages"]) == 1
    assert {Path(item["file"]).name for item in answer.data["rejected"]} == set(bad)
    assert all(item["reason"] and item["remedy"] for item in answer.data["rejected"])
    batch = call(home, "batch", "show", "xấu").data
    assert (batch["state"], batch["held"], batch["quarantined"], batch["fed"]) == ("open", 1, 6, 7)
    kept = {path.read_bytes() for path in (home / "journal" / "xấu" / "quarantine").rglob("*") if path.is_file()}
    assert {(folder / name).read_bytes() for name in bad} - {b""} <= kept
    assert call(home, "batch", "close", "xấu").code != 0
    done = call(home, "process", "xấu")
    assert (done.code, done.data["pages"], done.data["documents"]) == (0, 1, 1)
    assert call(home, "batch", "close", "xấu", "--by", "Trần Thị Lan", "--reason", "Sáu tệp hỏng, đã báo").code == 0


def test_the_same_file_twice_is_named_and_not_taken_again(home: Path, tmp_path: Path) -> None:
    page = draw_page(MINUTES, tmp_path / "biên bản.png")
    first = call(home, "ingest", str(page), "--case-file", CASE, "--batch", "hai-lần")
    again = call(home, "ingest", str(page), "--case-file", CASE, "--batch", "hai-lần")
    assert (first.code, again.code) == (0, 0)
    assert again.data["pages"] == [] and len(again.data["duplicates"]) == 1
    assert call(home, "batch", "show", "hai-lần").data["held"] == 1


def test_a_phone_photo_is_taken_and_flagged(home: Path, tmp_path: Path) -> None:
    photo = draw_page(MINUTES, tmp_path / "ảnh chụp.jpg", dpi=72)
    answer = call(home, "ingest", str(photo), "--case-file", CASE, "--batch", "ảnh-điện-thoại")
    assert answer.code == 0
    assert {"low-resolution", "dpi-assumed"} & set(answer.data["pages"][0]["flags"])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("ingest", "/không/có", "--case-file", CASE), 3),
        (("ingest", "/không/có", "--case-file", "a/b"), 2),
        (("batch", "show", "không-có"), 2),
        (("show", "không-có"), 2),
        (("verify", "không-có"), 2),
        (("process", "không-có"), 2),
        (("process", "--scheduler", "tcp://127.0.0.1:8786"), 4),
        (("profiles", "show", "không-có"), 2),
        (("search", '"chưa đóng ngoặc'), 0),
        (("search", "((("), 0),
    ],
)
def test_wrong_use_has_its_exit_code_and_one_sentence(home: Path, args: tuple[str, ...], code: int) -> None:
    answer = call(home, *args)
    assert answer.code == code
    if code in (2, 4):
        error = answer.data["error"]
        assert error["message"] and error["remedy"] and error["code"]


def test_without_verapdf_nothing_is_called_verified(tmp_path: Path) -> None:
    home = tmp_path / "kho"
    page = draw_page(MINUTES, tmp_path / "p.png")
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "none"), "HOME": str(tmp_path / "none")}

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", "--home", str(home), "--json", *args]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert run("init", "--demo").returncode == 0
    assert run("ingest", str(page), "--case-file", CASE).returncode == 0
    processed = run("process")
    assert processed.returncode == 0 and f'"not_verified": ["{CASE}.0000001"]' in processed.stdout
    assert run("doctor").returncode == 4
    verified = run("verify")
    assert verified.returncode == 0 and '"not_verified": [{' in verified.stdout and '"broken": []' in verified.stdout


def test_an_ingest_that_a_missing_tool_broke_off_between_documents_is_gone_on_with(home: Path, tmp_path: Path) -> None:
    draw_page(MINUTES, tmp_path / "1" / "trang 1.png", dpi=100)
    draw_page(LETTER, tmp_path / "quyết định.pdf", dpi=100)
    paths = (str(tmp_path / "1"), str(tmp_path / "quyết định.pdf"))
    command = [sys.executable, "-m", "cli", "--home", str(home), "--json", "ingest", *paths, "--case-file", CASE]
    env = {**os.environ, "PATH": str(tmp_path)}
    broken = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert broken.returncode == 4 and "pdfinfo" in broken.stderr
    answer = call(home, "ingest", *paths, "--case-file", CASE)
    assert (answer.code, answer.data["state"], len(answer.data["pages"])) == (0, "closed", 1)
    assert call(home, "batch", "show", answer.data["batch"]).data["held"] == 2


def test_without_a_tool_the_files_that_do_not_need_it_are_read(tmp_path: Path) -> None:
    text = tmp_path / "bản án.txt"
    text.write_text("Bản án số: 31/2017/DS-ST", encoding="utf-8")
    page = draw_page(MINUTES, tmp_path / "trang.pdf", dpi=100)
    command = [sys.executable, "-m", "cli", "--json", "fields", str(page), str(text)]
    env = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    documents = json.loads(done.stdout)["documents"]
    assert done.returncode == 4
    assert documents[0]["error"] and documents[1]["fields"]["judgment_number"]["normal"] == "31/2017/DS-ST"


@pytest.mark.parametrize(
    ("folder", "name"), [(True, "ảnh điện thoại.heic"), (True, "bản vẽ.DJVU"), (False, "ảnh.heic")]
)
def test_a_picture_that_no_decoder_reads_is_reported_and_not_passed_over(
    home: Path, tmp_path: Path, folder: bool, name: str
) -> None:
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
    draw_page(MINUTES, tmp_path / "trang 1.png", dpi=100)
    given = [str(tmp_path)] if folder else [str(path) for path in tmp_path.iterdir()]
    answer = call(home, "ingest", *given, "--case-file", CASE, "--batch", f"lo-{tmp_path.name}")
    assert (answer.code, answer.data["ignored"], answer.data["state"]) == (1, [], "open")
    assert [Path(item["file"]).name for item in answer.data["rejected"]] == [name]


def test_a_text_that_is_no_plain_file_is_refused_and_not_waited_for(home: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ống.txt")
    (tmp_path / "không-đáy.txt").symlink_to("/dev/zero")
    (tmp_path / "thư-mục.txt").mkdir()
    (tmp_path / "rỗng.txt").touch()
    paths = sorted(tmp_path.iterdir())
    answer = call(home, "fields", *map(str, paths), str(tmp_path / "không-có.txt"))
    assert answer.code == 3
    assert [document["file"] for document in answer.data["documents"]][:4] == [str(path) for path in paths]
    assert all(document["error"] and document["fields"] == {} for document in answer.data["documents"])
