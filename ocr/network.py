"""Our own networks, in ONNX Runtime: loaded once in a process, one thread each, for pages are read in parallel."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from core.errors import MissingToolError

WEIGHTS = Path(__file__).with_name("weights")


class Network:
    """One network with the input ``x`` and the output ``y``.

    Raises:
        MissingToolError: the file is missing, or (at the first run) is no network: the installation is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.digest = hashlib.sha256(read_weights(path)).hexdigest()

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # Every line has another width.
        try:
            return onnxruntime.InferenceSession(read_weights(self._path), options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as err:
            raise MissingToolError("ocr.weights-missing", file=self._path.name) from err

    def run(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """``y`` for ``x``."""
        return np.asarray(self._session.run(["y"], {"x": x})[0], dtype=np.float32)


def read_weights(path: Path) -> bytes:
    """A file of the shipped weights.

    Raises:
        MissingToolError: it is missing: the installation is damaged.
    """
    try:
        return path.read_bytes()
    except OSError as err:
        raise MissingToolError("ocr.weights-missing", file=path.name) from err


@cache
def load_network(name: str) -> Network:
    """The shipped network of that file name, the same for all who ask in this process."""
    return Network(WEIGHTS / name)
