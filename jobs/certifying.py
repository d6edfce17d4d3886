"""What a DIP says beyond its documents: the request for use, and the signed certificate of the copy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from archive.identity import load_identity
from archive.packages.certificate import FILE_NAME, Certificate, write_certificate
from archive.packages.choices import Kind, code_list
from archive.packages.contents import Item, PackageContent
from archive.packages.fields import check_given, table
from archive.signer import sign
from archive.stamp import plan_block, read_geometry
from core.errors import BadInputError
from core.events import now
from jobs.home import Home
from jobs.reading import work_folder

_PAGE = (842, 595)
"""Rows and columns of an empty A4 page at 72 dpi."""
_OWN = ("recipient", "recipientId", "validity", "copies")
"""What the certificate needs and the request does not have."""


@dataclass(frozen=True)
class Request:
    """Values of the request by their circular's names, and of the certificate by :data:`_OWN`."""

    values: Mapping[str, str] = field(default_factory=dict)
    certificate: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(given: Mapping[str, str], source: str) -> Request:
        """The request that a person gave.

        Raises:
            BadInputError: an unknown name or a value that breaks its rule.
        """
        own = {name: value for name, value in given.items() if name in _OWN}
        rest = {name: value for name, value in given.items() if name not in _OWN}
        return Request(check_given("request", rest, source), own)

    def demand_complete(self) -> None:
        """Stop where a DIP would lack what it must say.

        Raises:
            BadInputError: a required field or the recipient is missing.
        """
        missing = table("request").gaps(self.values, Kind.DIP)
        missing += [] if self.certificate.get("recipient") else ["recipient"]
        if missing:
            raise BadInputError("jobs.export-request", fields=", ".join(missing))


@contextmanager
def with_certificate(
    home: Home, content: PackageContent, request: Request, who: str, form: str
) -> Iterator[PackageContent]:
    """The content as it goes out: a DIP gets its request, and its certificate among the documentation, but not our own
    record, which tells of desks and devices. Within, the certificate's file is there."""
    if form != "dip":
        yield content
        return
    issued = now()
    asked = replace(content, request=request.values, created=issued, record={})
    work = work_folder(home.path("cache"))
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="certificate-", dir=work) as folder:
        path = Path(folder) / FILE_NAME
        _make(home, _filled(asked, request, issued), path, who)
        yield replace(asked, documentation={FILE_NAME: Item.at(path)})


def _filled(content: PackageContent, request: Request, issued: str) -> Certificate:
    own, values = request.certificate, request.values
    documents = content.documents

    def joined(*names: str) -> str:
        told = ("/".join(filter(None, (document.fields.get(name) for name in names))) for document in documents)
        return "; ".join(dict.fromkeys(filter(None, told)))

    return Certificate(
        code=content.identifier(Kind.DIP),
        archive=content.organisation,
        recipient=own.get("recipient", ""),
        recipient_id=own.get("recipientId", ""),
        original_code=joined("docCode"),
        number=joined("codeNumber", "codeNotation"),
        type="; ".join(dict.fromkeys(filter(None, (_kind(document.fields) for document in documents)))),
        subject=joined("subject"),
        purpose=": ".join(filter(None, (values.get("purpose"), values.get("purposeContent")))),
        issued=issued,
        validity=own.get("validity", ""),
        copies=own.get("copies", "1"),
    )


def _kind(fields: Mapping[str, str]) -> str:
    """The kind of a document in words: the circular's, or the court's own where the circular has none."""
    code = fields.get("typeName", "")
    return fields.get("description", "") if code == "32" else code_list("typeName").get(code, "")


def _make(home: Home, certificate: Certificate, path: Path, who: str) -> None:
    """Write the certificate, signed where the home has a signing certificate."""
    if home.signature is None:
        write_certificate(certificate, path, who)
        return
    unsigned = path.with_name("unsigned.pdf")
    write_certificate(certificate, unsigned, who)
    signer = load_identity(home.signature)
    # The page is made with its top right corner empty, so there is no ink to keep clear of.
    placement = plan_block(np.zeros(_PAGE, dtype=np.bool_), read_geometry(unsigned), signer.organisation)
    sign(unsigned, path, signer, placement)
