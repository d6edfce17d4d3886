"""A folder that stands for a device, held by one scan at a time, as a scanner is."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from core.errors import MissingToolError
from core.files import disk_errors

_NO_LOCKS = frozenset({errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP})
"""What network file systems answer that lock no folders."""


class Claim:
    """Holds ``folder`` until :meth:`release` or the process ends; where folders cannot be locked, it only opens it.

    Args:
        folder: path; an empty one is not taken for the present folder.
        device: its name for people.

    Raises:
        MissingToolError: there is no such folder, or another scan has it.
        BadInputError: the folder may not be read.
    """

    def __init__(self, folder: str, device: str) -> None:
        if not folder or not Path(folder).is_dir():
            raise MissingToolError("scanner.no-device", file=device)
        with disk_errors(Path(folder)):
            self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            self.release()
            raise MissingToolError("scanner.device-busy", file=device) from err
        except OSError as err:
            if err.errno not in _NO_LOCKS:
                self.release()
                raise

    def release(self) -> None:
        """Let the folder go; again does no harm."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
