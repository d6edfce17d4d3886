"""Signing keys that never leave their token: smart cards, USB tokens and HSMs by PKCS#11.

Each process opens a session of its own, for sessions cannot be handed on; all of one run use one PIN that a person gave
once. A PIN that the token refused is not tried a second time: after a few tries a token locks itself for good.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pkcs11
from asn1crypto import x509
from pkcs11 import exceptions as faults
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer

from archive.signing_config import PIN_VARIABLE, PinSource, SigningConfig
from archive.trust import read_secret
from core.errors import BadInputError, MissingToolError

_WRONG = (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange)
_refused: set[SigningConfig] = set()
"""Tokens that refused their PIN to this process."""


def read_pin(config: SigningConfig, ask: Callable[[str], str]) -> str | None:
    """The PIN from where the settings say it comes from; ``None`` where the key lies in a file.

    Args:
        ask: asks a person, who is shown the given name of the token.

    Raises:
        BadInputError: the file or the environment variable is not there.
    """
    if config.pkcs11_module is None:
        return None
    if config.pin is PinSource.PROMPT:
        return ask(str(config.pkcs11_token))
    if config.pin_file is not None:
        return read_secret(config.pin_file).decode("utf-8", "replace").strip()
    pin = os.environ.get(PIN_VARIABLE)
    if not pin:
        raise BadInputError("archive.pin-absent", file=config.key_place, variable=PIN_VARIABLE)
    return pin


def no_terminal(token: str) -> str:
    """Asks nobody, where nobody is there to be asked."""
    raise BadInputError("archive.pin-no-terminal", token=token)


def open_token(config: SigningConfig, pin: str | None, chain: Sequence[x509.Certificate]) -> Signer:
    """Open a session on the token and find key and certificate there; ``chain`` goes into signatures beside it.

    Raises:
        BadInputError: the token refuses the PIN or is locked, or holds no such key with its certificate.
        MissingToolError: the module cannot be loaded, or the token is not plugged in.
    """
    module, name = config.key_place, str(config.pkcs11_token)
    if config in _refused:
        raise BadInputError("archive.pin-wrong", file=module, token=name)
    try:
        session = _open(module, TokenCriteria(label=name), pin)
    except _WRONG as err:
        _refused.add(config)
        raise BadInputError("archive.pin-wrong", file=module, token=name) from err
    except faults.PinLocked as err:
        raise BadInputError("archive.pin-locked", file=module, token=name) from err
    except (faults.PKCS11Error, OSError) as err:
        why = " ".join(str(err).split()) or type(err).__name__
        raise MissingToolError("archive.token-absent", file=module, token=name, why=why) from err
    return _signer(session, config, chain)


def _open(module: Path, token: TokenCriteria, pin: str | None) -> pkcs11.Session:
    session: pkcs11.Session
    try:
        session = open_pkcs11_session(str(module), token_criteria=token, user_pin=pin)
    except faults.UserAlreadyLoggedIn:  # by another session of this process, which all its sessions share
        session = open_pkcs11_session(str(module), token_criteria=token)
    return session


def _signer(session: pkcs11.Session, config: SigningConfig, chain: Sequence[x509.Certificate]) -> Signer:
    identifier = bytes.fromhex(config.pkcs11_id) if config.pkcs11_id is not None else None
    signer = PKCS11Signer(
        session,
        cert_label=config.pkcs11_label,
        key_label=config.pkcs11_label,
        cert_id=identifier,
        key_id=identifier,
        ca_chain=chain,
    )
    try:
        found = signer.signing_cert
    except (faults.PKCS11Error, ValueError) as err:
        sought = config.pkcs11_label or config.pkcs11_id
        raise BadInputError(
            "archive.token-no-key", file=config.key_place, token=config.pkcs11_token, label=sought
        ) from err
    assert found is not None
    return signer
