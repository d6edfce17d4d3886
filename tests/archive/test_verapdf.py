"""The gate never calls good what it did not see to be good."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from archive.verapdf import VeraPdf, default_home
from archive.verapdf_build import build
from core.model import VerdictState


@pytest.fixture(scope="module")
def checker() -> Iterator[VeraPdf]:
    with VeraPdf(default_home()) as running:
        yield running


def plain_pdf(path: Path) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    return path


def fake_java(folder: Path, body: str) -> str:
    """A program in the place of Java."""
    path = folder / "java"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_version_is_told(checker: VeraPdf) -> None:
    assert checker.probe() == "1.28.2"


def test_plain_pdf_fails_with_clause_and_test_number(checker: VeraPdf, tmp_path: Path) -> None:
    verdict = checker.check(plain_pdf(tmp_path / "văn bản.pdf"), "2u", name="pdfa-after")
    assert (verdict.check, verdict.state, verdict.tool) == ("pdfa-after", VerdictState.FAILED, "veraPDF 1.28.2")
    assert any(problem.startswith("6.") and "-" in problem.split(" ")[0] for problem in verdict.problems)


def test_what_is_no_pdf_fails_and_the_next_file_is_still_checked(checker: VeraPdf, tmp_path: Path) -> None:
    for content in (b"", b"%PDF-1.7\n", b"\x00" * 4096):
        (tmp_path / "t.pdf").write_bytes(content)
        assert checker.check(tmp_path / "t.pdf").state is VerdictState.FAILED
    assert checker.check(plain_pdf(tmp_path / "t.pdf")).state is VerdictState.FAILED


def test_missing_file_and_impossible_name_are_not_verified(checker: VeraPdf, tmp_path: Path) -> None:
    assert checker.check(tmp_path / "none.pdf").state is VerdictState.NOT_VERIFIED
    assert checker.check(plain_pdf(tmp_path / "hai\ndòng.pdf")).state is VerdictState.NOT_VERIFIED


def test_missing_checker_or_java_is_not_verified(tmp_path: Path) -> None:
    document = plain_pdf(tmp_path / "t.pdf")
    for absent in (VeraPdf(tmp_path / "nowhere"), VeraPdf(default_home(), java="no-such-java")):
        with absent:
            assert absent.probe() is None
            verdict = absent.check(document)
            assert verdict.state is VerdictState.NOT_VERIFIED
            assert "not installed" in verdict.problems[0]


def test_a_checker_killed_while_checking_is_replaced(tmp_path: Path) -> None:
    document = plain_pdf(tmp_path / "t.pdf")
    body = f"""echo '{{"version":"9"}}'; read line
if [ ! -e {tmp_path}/crashed ]; then touch {tmp_path}/crashed; exit 3; fi
echo '{{"state":"passed","problems":[]}}'; read line"""
    with VeraPdf(default_home(), java=fake_java(tmp_path, body)) as checker:
        assert checker.check(document).state is VerdictState.PASSED


def test_a_file_that_ends_the_checker_twice_is_not_verified(tmp_path: Path) -> None:
    document = plain_pdf(tmp_path / "t.pdf")
    java = fake_java(tmp_path, """echo '{"version":"9"}'; read line; exit 3""")
    with VeraPdf(default_home(), java=java) as checker:
        verdict = checker.check(document)
    assert (verdict.state, verdict.problems) == (VerdictState.NOT_VERIFIED, ("the Java process ended",))


def test_process_that_does_not_answer_is_killed(tmp_path: Path) -> None:
    document = plain_pdf(tmp_path / "t.pdf")
    java = fake_java(tmp_path, """echo '{"version":"9"}'; exec sleep 600""")
    with VeraPdf(default_home(), seconds=0.2, java=java) as checker:
        verdict = checker.check(document)
    assert verdict.state is VerdictState.NOT_VERIFIED
    assert "0.2 seconds" in verdict.problems[0]


def test_unclear_answer_is_not_verified(tmp_path: Path) -> None:
    document = plain_pdf(tmp_path / "t.pdf")
    for answer in ('{"state":"error","problems":["?"]}', "no json", "[]"):
        java = fake_java(tmp_path, f"""echo '{{"version":"9"}}'; read line; echo '{answer}'; read line""")
        with VeraPdf(default_home(), java=java) as checker:
            assert checker.check(document).state is VerdictState.NOT_VERIFIED


def test_child_ends_when_its_input_closes(tmp_path: Path) -> None:
    mark = tmp_path / "ended"
    java = fake_java(tmp_path, f"""echo '{{"version":"9"}}'; while read line; do :; done; touch {mark}""")
    checker = VeraPdf(default_home(), java=java)
    assert checker.probe() == "9"
    assert checker._child is not None
    assert checker._child._process.stdin is not None
    checker._child._process.stdin.close()
    for _ in range(500):
        if mark.exists():
            break
        time.sleep(0.01)
    assert mark.exists()
    checker.close()


def test_building_again_changes_nothing() -> None:
    home = default_home()
    before = (home / "classes").stat().st_mtime_ns
    assert build(home) == home
    assert (home / "classes").stat().st_mtime_ns == before
