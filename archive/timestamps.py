"""RFC 3161 time stamps over HTTP."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from asn1crypto import core as asn1
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from core.errors import MissingToolError

STAMP_DIGEST = "sha256"
"""What signatures and time stamps are made over."""

_TIMEOUT = 20.0
_LIMIT = 1 << 20
_GRANTED = ("granted", "granted_with_mods")


class _Reply(asn1.Sequence):  # type: ignore[misc]
    """The answer with the token optional, as RFC 3161, 2.4.2 has it: a refusal brings none."""

    _fields = [("status", tsp.PKIStatusInfo), ("token", asn1.Any, {"optional": True})]


class HttpTimeStamper(TimeStamper):  # type: ignore[misc]
    """Asks a time-stamp authority by URL (RFC 3161, 3.4).

    Raises:
        MissingToolError: the authority does not answer, answers something else, or refuses.
    """

    def __init__(self, url: str, timeout: float = _TIMEOUT) -> None:
        super().__init__()
        self._url = url
        self._timeout = timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send the request in a thread, so that the event loop of pyHanko is not held up."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, request: bytes) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            query = urllib.request.Request(self._url, data=request, headers=headers)
            with urllib.request.urlopen(query, timeout=self._timeout) as reply:
                kind, body = reply.headers.get_content_type(), reply.read(_LIMIT)
        except (urllib.error.URLError, OSError) as err:
            raise MissingToolError("archive.tsa-unreachable", url=self._url, why=str(err)) from err
        if kind != "application/timestamp-reply":
            raise MissingToolError("archive.tsa-unreachable", url=self._url, why=f"Content-Type {kind}")
        return self._granted(body)

    def _granted(self, body: bytes) -> tsp.TimeStampResp:
        try:
            status = _Reply.load(body, strict=True)["status"].native
            if status["status"] in _GRANTED:
                answer = tsp.TimeStampResp.load(body, strict=True)
                answer.native  # noqa: B018  asn1crypto parses when asked; nonsense has to be found here
                return answer
        except (ValueError, TypeError) as err:
            raise MissingToolError("archive.tsa-unreachable", url=self._url, why=str(err).splitlines()[0]) from err
        reasons = (status["status"], *(status["status_string"] or ()))
        raise MissingToolError("archive.tsa-refused", why="; ".join(reasons))
