"""Writes nets as ONNX files and checks that ONNX Runtime gives what PyTorch gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

_OPSET = 17
_TOLERANCE = 1e-3


def export_recogniser(net: nn.Module, path: Path) -> None:
    """Input ``x`` ``(batch, 1, 48, width)``, output ``y`` ``(batch, classes, width / 4)``, ``float32``.

    Raises:
        ValueError: the written file does not compute what the net computes.
    """
    _export(net, path, (2, 1, 48, 320), {"x": {0: "batch", 3: "width"}, "y": {0: "batch", 2: "columns"}})


def export_finder(net: nn.Module, path: Path) -> None:
    """Input ``x`` ``(batch, 1, height, width)``, output ``y`` ``(batch, 4, height / 4, width / 4)``, ``float32``.

    Raises:
        ValueError: the written file does not compute what the net computes.
    """
    sides = {0: "batch", 2: "height", 3: "width"}
    _export(net, path, (1, 1, 256, 320), {"x": sides, "y": {0: "batch", 2: "rows", 3: "columns"}})


def _export(net: nn.Module, path: Path, shape: tuple[int, ...], axes: dict[str, dict[int, str]]) -> None:
    net = net.eval().cpu()
    example = torch.from_numpy(np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32))
    with torch.no_grad():
        wanted = net(example).numpy()
        torch.onnx.export(
            net, (example,), str(path), input_names=["x"], output_names=["y"], dynamic_axes=axes,
            opset_version=_OPSET, dynamo=False,
        )  # fmt: skip
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    difference = float(np.abs(session.run(None, {"x": example.numpy()})[0] - wanted).max())
    if difference > _TOLERANCE:
        raise ValueError(f"{path.name} differs from the net by {difference}")
