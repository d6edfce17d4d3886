"""What tests do with a PKCS#11 token in processes of their own: a login holds for a whole process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import pkcs11
from asn1crypto import pem
from pkcs11.util.x509 import decode_x509_certificate

from archive.identity import load_identity
from archive.signatures import check_signature
from archive.signer import sign_to_last
from archive.signing_config import SigningConfig
from archive.stamp import Placement
from core.errors import BadInputError

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PLACE = Placement((300, 740, 500, 764), 0, ("Tòa án nhân dân tỉnh Lâm Đồng",))
PIN = "482913"
T = TypeVar("T")


def put_certificate(data: bytes) -> None:
    """Put a PEM certificate onto the token, beside its key."""
    der = pem.unarmor(data)[2]
    (token,) = pkcs11.lib(str(MODULE)).get_tokens(token_label="court")
    with token.open(rw=True, user_pin=PIN) as writing:
        attributes = decode_x509_certificate(der)
        marks = {pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.ID: b"\xa1", pkcs11.Attribute.TOKEN: True}
        writing.create_object({**attributes, **marks})


def alone(work: Callable[..., T], *given: object) -> T:
    """Do something with the token in a process that is not logged in."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def sign_one(config: SigningConfig, pin: str, source: Path, target: Path) -> str:
    """In a process of its own: open the token there, sign, and tell the level."""
    identity = load_identity(config, pin)
    sign_to_last(source, target, identity, PLACE)
    verdict = check_signature(target, identity.anchors, others=identity.trust.intermediates)
    return f"{verdict.state.value} {verdict.details['level']}"


def two_tries(config: SigningConfig, *pins: str) -> list[str]:
    """Try to open the token with one PIN after the other; what was said of each."""
    said = []
    for pin in pins:
        try:
            load_identity(config, pin)
            said.append("-")
        except BadInputError as err:
            said.append(err.message())
    return said
