"""Homes and settings as people get them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInputError, ButlucError, UsageError
from jobs.home import Home, load_config
from jobs.intake import close, ingest, load_batch
from jobs.pipeline import process
from jobs.profile import read_profile
from support.line import MINUTES, draw_page

CASE = "TAND-DA.DS.1987.00052"


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    return Home.create(tmp_path / "kho", "Tòa án nhân dân huyện Đông Anh", "lan", demo=True)


@pytest.mark.parametrize("below", ["", "/trong"])
def test_a_home_is_not_made_in_a_file(tmp_path: Path, below: str) -> None:
    (tmp_path / "tệp").write_bytes(b"x")
    with pytest.raises(UsageError) as caught:
        Home.create(Path(f"{tmp_path / 'tệp'}{below}"), "Tòa án", "lan", demo=False)
    assert caught.value.code == "jobs.home-no-folder"


def test_settings_saved_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    settings = tmp_path / "butluc.toml"
    settings.write_text('version = 1\norganisation = "Tòa án"\n', encoding="utf-8-sig")
    assert load_config(settings).organisation == "Tòa án"


def test_a_version_below_the_first_is_a_mistake(tmp_path: Path) -> None:
    settings = tmp_path / "butluc.toml"
    settings.write_text('version = 0\norganisation = "Tòa án"\n', encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        load_config(settings)
    assert "version" in caught.value.message()


@pytest.mark.parametrize("text", ["seconds = inf", "seconds = nan", "seconds = 0", "max_pages = 0"])
def test_limits_of_a_profile_are_numbers_that_end(tmp_path: Path, text: str) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text(f'title = "Thử"\n[scan]\n{text}\n', encoding="utf-8")
    with pytest.raises(BadInputError):
        read_profile(profile)


def test_a_profile_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        read_profile(tmp_path / "không-có.toml")
    assert caught.value.code == "jobs.no-file"


@pytest.mark.parametrize("name", ["", ".", "..", "../journal", "/etc"])
def test_a_batch_is_called_by_its_name_and_not_by_a_path(fresh: Home, name: str) -> None:
    for act in (lambda: load_batch(fresh, name), lambda: close(fresh, name, "lan", "x")):
        with pytest.raises(UsageError) as caught:
            act()
        assert caught.value.code == "scanner.no-batch"


def test_a_certificate_that_cannot_sign_is_known_before_a_page_is_read(fresh: Home, tmp_path: Path) -> None:
    page = draw_page(MINUTES, tmp_path / "biên bản.png", dpi=100)
    ingest(fresh, [page], CASE, profile="court-a4", batch=None, who="lan")
    (fresh.root / "keys" / "passphrase").write_text("sai", encoding="utf-8")
    with pytest.raises(ButlucError) as caught:
        process(fresh, [], jobs=1, who="lan", verapdf=tmp_path / "none")
    assert caught.value.code == "archive.signing-key-closed"
    assert not list((fresh.root / "cache").rglob("*.json"))


def test_a_file_mended_in_its_place_goes_into_the_batch_that_waits_for_it(fresh: Home, tmp_path: Path) -> None:
    folder = tmp_path / "hồ sơ"
    draw_page(MINUTES, folder / "trang 1.png", dpi=100)
    whole = draw_page(MINUTES, folder / "trang 2.jpg", dpi=100).read_bytes()
    (folder / "trang 2.jpg").write_bytes(whole[:2000])
    first, result = ingest(fresh, [folder], CASE, profile="court-a4", batch=None, who="lan")
    assert (len(result.rejected), result.state.state) == (1, "open")
    (folder / "trang 2.jpg").write_bytes(whole)
    again, result = ingest(fresh, [folder], CASE, profile="court-a4", batch=None, who="lan")
    assert again == first and len(result.pages) == 1
    assert (result.state.state, result.state.declared, result.state.held) == ("closed", 2, 2)
