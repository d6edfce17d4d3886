"""Our own networks, in ONNX Runtime: one thread each, for pages are read in parallel."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from core.errors import MissingToolError


class Network:
    """One network with the input ``x`` and the output ``y``.

    Raises:
        MissingToolError: the file is missing, or (at the first run) is no network: the installation is damaged.
    """

    missing: ClassVar[str] = "imaging.weights-missing"
    """Code of the error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.digest = hashlib.sha256(read_weights(path, self.missing)).hexdigest()

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # Every line has another width.
        weights = read_weights(self._path, self.missing)
        try:
            return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as err:
            raise MissingToolError(self.missing, file=self._path.name) from err

    def run(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """``y`` for ``x``."""
        return np.asarray(self._session.run(["y"], {"x": x})[0], dtype=np.float32)


def read_weights(path: Path, missing: str) -> bytes:
    """A file of shipped weights.

    Raises:
        MissingToolError: it is missing (with the code ``missing``): the installation is damaged.
    """
    try:
        return path.read_bytes()
    except OSError as err:
        raise MissingToolError(missing, file=path.name) from err
