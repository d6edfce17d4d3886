"""Keys on a PKCS#11 token, here one in software: they sign, and a refused PIN is tried once."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pikepdf
import pytest

from archive.identity import load_identity
from archive.signatures import check_signature
from archive.signer import sign_to_last
from archive.signing_config import PIN_VARIABLE, PinSource, SigningConfig
from archive.token import read_pin
from core.config import fill
from core.errors import BadInputError, MissingToolError
from core.model import VerdictState
from support.authority import COURT, Authority
from support.tokens import MODULE, PIN, PLACE, alone, put_certificate, sign_one, two_tries


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of tokens; the module reads where it lies when it is first loaded in this process."""
    folder = tmp_path_factory.mktemp("tokens")
    settings = folder / "softhsm2.conf"
    (folder / "held").mkdir()
    settings.write_text(f"directories.tokendir = {folder / 'held'}\nlog.level = ERROR\n", encoding="utf-8")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    yield folder
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def make_token(authority: Authority, tokens: Path) -> None:
    """A token that holds the signer's key and certificate, as an authority would hand it over."""
    made = ("--init-token", "--free", "--label", "court", "--so-pin", "12345678")
    key = ("--token", "court", "--import", authority.folder / "signer.pem", "--label", "seal", "--id", "a1")
    for order in (made, key):
        subprocess.run(("softhsm2-util", *order, "--pin", PIN), check=True, capture_output=True)
    alone(put_certificate, authority.certificate("signer").read_bytes())


@pytest.fixture(scope="module")
def config(authority: Authority, tokens: Path) -> SigningConfig:
    make_token(authority, tokens)
    return dataclasses.replace(
        authority.settings(),
        pkcs12=None,
        passphrase_file=None,
        pkcs11_module=MODULE,
        pkcs11_token="court",
        pkcs11_label="seal",
    )


def blank(path: Path) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path)
    return path


def test_token_signs_several_documents_in_one_session(config: SigningConfig, tmp_path: Path) -> None:
    for change in ({}, {"pkcs11_label": None, "pkcs11_id": "a1"}):
        identity = load_identity(dataclasses.replace(config, **change), PIN)
        for number in range(3):
            target = tmp_path / f"{number}.pdf"
            assert sign_to_last(blank(tmp_path / "a.pdf"), target, identity, PLACE) is None
            verdict = check_signature(target, identity.anchors)
            assert (verdict.state, verdict.details["level"]) == (VerdictState.PASSED, "PAdES B-LTA")


def test_token_is_opened_by_each_worker_process(config: SigningConfig, tmp_path: Path) -> None:
    source = blank(tmp_path / "a.pdf")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        targets = [tmp_path / f"{number}.pdf" for number in range(3)]
        futures = [pool.submit(sign_one, config, PIN, source, target) for target in targets]
        assert {future.result() for future in futures} == {"passed PAdES B-LTA"}


def test_refused_pin_gives_one_sentence_and_is_not_tried_again(config: SigningConfig) -> None:
    first, second = alone(two_tries, config, "000000", PIN)
    assert "“court” refuses this PIN; it is not tried again" in first
    assert second == first, "the right PIN would have worked, had it been tried"
    assert alone(two_tries, config, PIN) == ["-"]


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"pkcs11_token": "khác"}, MissingToolError, "khác"),
        ({"pkcs11_module": Path("/không/có.so")}, MissingToolError, "có.so"),
        ({"pkcs11_label": "con dấu khác"}, BadInputError, "no key with certificate “con dấu khác”"),
    ],
)
def test_what_is_missing_is_named(
    config: SigningConfig, change: dict[str, object], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        load_identity(dataclasses.replace(config, **change), PIN)  # type: ignore[arg-type]


def test_pin_comes_from_where_the_settings_say(config: SigningConfig, authority: Authority, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(token: str) -> str:
        asked.append(token)
        return "1"

    assert read_pin(authority.settings(), ask) is None and not asked
    assert read_pin(config, ask) == "1" and asked == ["court"]
    (tmp_path / "pin").write_text("77\n")
    file = dataclasses.replace(config, pin=PinSource.FILE, pin_file=tmp_path / "pin")
    assert read_pin(file, ask) == "77"
    assert PIN_VARIABLE not in os.environ
    with pytest.raises(BadInputError, match=PIN_VARIABLE):
        read_pin(dataclasses.replace(config, pin=PinSource.ENVIRONMENT), ask)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"pkcs12": "a.p12", "passphrase_file": "pw"},
        {"pkcs11_token": None},
        {"pkcs11_label": None},
        {"pkcs11_id": "xyz"},
        {"pin": "file"},
        {"pin": "1234"},
        {"level": "b-b"},
    ],
)
def test_settings_of_a_token_that_do_not_fit_are_refused(change: dict[str, str | None]) -> None:
    table = {
        "organisation": COURT, "trust_anchors": ["root.pem"], "tsa_url": "http://tsa.example.vn/",
        "pkcs11_module": str(MODULE), "pkcs11_token": "court", "pkcs11_label": "seal",
    }  # fmt: skip
    fill(SigningConfig, table, file="butluc.toml")
    with pytest.raises(BadInputError, match="butluc.toml"):
        fill(SigningConfig, {**table, **change}, file="butluc.toml")
