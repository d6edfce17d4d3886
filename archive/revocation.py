"""Whether certificates were revoked: lists (RFC 5280) from files, answers of OCSP (RFC 6960) and CRL services.

What is found is evidence, kept as it was issued; :mod:`archive.trust` judges it. An answer is asked for once and kept
until its next update, an hour at most, so that a batch of a thousand documents asks as often as one document.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from asn1crypto import crl, ocsp, pem, x509
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.errors import OCSPFetchError, OCSPValidationError
from pyhanko_certvalidator.fetchers.common_utils import format_ocsp_request, process_ocsp_response_data

from core.errors import BadInputError
from core.files import disk_errors

_LIMIT = 32 << 20
"""Longest answer that is read, in bytes: the lists of large authorities have some megabytes."""
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the revocation of some certificates, and whose state is not known for which reason."""

    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    missing: tuple[str, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        crls = {found.dump(): found for found in (*self.crls, *other.crls)}
        ocsps = {found.dump(): found for found in (*self.ocsps, *other.ocsps)}
        missing = dict.fromkeys((*self.missing, *other.missing))
        return Evidence(tuple(crls.values()), tuple(ocsps.values()), tuple(missing))

    def fresh_at(self, moment: datetime) -> Evidence:
        """What was not out of date at that time; what was issued later tells of that time too."""
        crls = tuple(found for found in self.crls if _ends_after(_list_ends(found), moment))
        ocsps = tuple(found for found in self.ocsps if all(_ends_after(end, moment) for end in _answer_ends(found)))
        return Evidence(crls, ocsps, self.missing)

    def stale_since(self, moment: datetime) -> datetime | None:
        """When the newest of what was out of date at that time had ended."""
        ends = (*map(_list_ends, self.crls), *(end for found in self.ocsps for end in _answer_ends(found)))
        return max((end for end in ends if end is not None and end <= moment), default=None)


class RevocationSource:
    """Finds the evidence about certificates: in ``files`` first, then, where ``seconds`` is given, by the services that
    a certificate names.

    Args:
        files: revocation lists, DER or PEM; read anew for each process, so that a newer list is found.
        seconds: time limit of one question; ``None`` asks no service.
    """

    def __init__(self, files: Sequence[Path] = (), seconds: float | None = None) -> None:
        self._lists = [found for path in files for found in read_crls(path)]
        self._seconds = seconds
        self._known: dict[bytes, tuple[datetime, Evidence]] = {}

    def collect(self, chains: Iterable[Sequence[x509.Certificate]]) -> Evidence:
        """The evidence about every certificate of some chains; each chain begins with its root, which has none."""
        found = Evidence()
        for chain in chains:
            for issuer, certificate in zip(chain, chain[1:], strict=False):
                found += self._about(certificate, issuer)
        return found

    def _about(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Evidence:
        now = datetime.now(UTC)
        until, kept = self._known.get(certificate.sha256, (now, None))
        if kept is not None and now < until:
            return kept
        found = self._from_files(certificate, now) or self._from_services(certificate, issuer)
        self._known[certificate.sha256] = (min((now + _KEPT, *_next_updates(found))), found)
        return found

    def _from_files(self, certificate: x509.Certificate, now: datetime) -> Evidence | None:
        fresh = (found for found in self._lists if _ends_after(_list_ends(found), now))
        lists = tuple(found for found in fresh if found.issuer == certificate.issuer)
        return Evidence(crls=lists) if lists else None

    def _from_services(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Evidence:
        if certificate.ocsp_no_check_value is not None:
            return Evidence()
        name = certificate.subject.human_friendly
        reasons = []
        if self._seconds is not None:
            for url in certificate.ocsp_urls:
                try:
                    return Evidence(ocsps=(self._ask_ocsp(url, certificate, issuer),))
                except _NoAnswer as err:
                    reasons.append(f"{url}: {err}")
            for url in _crl_urls(certificate):
                try:
                    return Evidence(crls=(self._ask_crl(url),))
                except _NoAnswer as err:
                    reasons.append(f"{url}: {err}")
        why = "; ".join(reasons) or "no list in files, and no service that may be asked"
        return Evidence(missing=(f"{name}: {why}",))

    def _ask_ocsp(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPResponse:
        request = format_ocsp_request(
            certificate, CertTrustAnchor(issuer).authority, certid_hash_algo="sha1", request_nonces=False
        )
        body = self._fetch(url, request.dump(), "application/ocsp-request")
        try:
            answer = process_ocsp_response_data(body, ocsp_request=request, ocsp_url=url)
            answer.native  # noqa: B018  asn1crypto parses when asked; nonsense has to be found here
        except (OCSPFetchError, OCSPValidationError, ValueError, TypeError) as err:
            raise _NoAnswer(" ".join(str(err).split())) from err
        return answer

    def _ask_crl(self, url: str) -> crl.CertificateList:
        try:
            return _parse_crl(self._fetch(url))
        except (ValueError, TypeError) as err:
            raise _NoAnswer("the answer is no revocation list") from err

    def _fetch(self, url: str, data: bytes | None = None, kind: str = "") -> bytes:
        if urlsplit(url).scheme not in ("http", "https"):
            raise _NoAnswer("only http and https are asked")
        headers = {"Content-Type": kind} if kind else {}
        try:
            query = urllib.request.Request(url, data=data, headers=headers)
            with urllib.request.urlopen(query, timeout=self._seconds) as reply:
                body: bytes = reply.read(_LIMIT)
        except (urllib.error.URLError, OSError, ValueError) as err:
            raise _NoAnswer(str(err)) from err
        return body


class _NoAnswer(Exception):
    """A service gave no usable answer; the text says why."""


def read_crls(path: Path) -> list[crl.CertificateList]:
    """The revocation lists of a file, DER or PEM.

    Raises:
        BadInputError: the file is missing, or holds something else.
    """
    try:
        with disk_errors(path):
            data = path.read_bytes()
        ders = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        return [_parse_crl(der) for der in ders]
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as err:
        raise BadInputError("archive.signing-file-missing", file=path) from err
    except (ValueError, TypeError) as err:
        raise BadInputError("archive.signing-crl-bad", file=path) from err


def _parse_crl(data: bytes) -> crl.CertificateList:
    der = pem.unarmor(data)[2] if pem.detect(data) else data
    found = crl.CertificateList.load(der, strict=True)
    found.native  # noqa: B018  as above
    return found


def _crl_urls(certificate: x509.Certificate) -> list[str]:
    points = certificate.crl_distribution_points
    return [point.url for point in points if point.url]


def _list_ends(found: crl.CertificateList) -> datetime | None:
    end: datetime | None = found["tbs_cert_list"]["next_update"].native
    return end


def _answer_ends(found: ocsp.OCSPResponse) -> list[datetime | None]:
    return [single["next_update"].native for single in found.response_data["responses"]]


def _ends_after(end: datetime | None, moment: datetime) -> bool:
    return end is None or end > moment


def _next_updates(found: Evidence) -> list[datetime]:
    ends = (*map(_list_ends, found.crls), *(end for entry in found.ocsps for end in _answer_ends(entry)))
    return [end for end in ends if end is not None]
