"""The sheet of a batch of the home: its record, and its two forms as bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jobs.home import Home
from jobs.intake import known_folder
from scanner.batchsheet.printing import Imprint, sheet_pdf
from scanner.batchsheet.record import Record, record_of


def batch_record(home: Home, name: str) -> Record:
    """What the journal of a batch tells now; nothing is locked, nothing written.

    Raises:
        UsageError: there is no such batch.
        IntegrityError: the journal is damaged.
    """
    return record_of(known_folder(home, name))


def batch_pdf(home: Home, record: Record, who: str, lang: str, tell: Callable[[int, int], None]) -> bytes:
    """The sheet on A4, printed now by ``who``; ``tell``: see :func:`scanner.batchsheet.printing.sheet_pdf`."""
    imprint = Imprint(datetime.now().astimezone(), who, home.config.organisation, lang)
    return sheet_pdf(record, imprint, tell)
