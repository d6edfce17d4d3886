"""Reads the weights of an exported ONNX file back into a net, so that training can go on from it."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from ocr.training.nets import Recogniser

_FRESH_DEVIATION = 0.01
_FRESH_BIAS = -6.0


def load_recogniser(path: Path, classes: int, seed: int = 0) -> Recogniser:
    """The recogniser of an exported file, with as many hidden channels as the file has.

    Classes that the file lacks begin as unlikely ones.

    Raises:
        ValueError: the file has another number of convolutions.
    """
    full = Recogniser(classes, norm=False)
    stored, layers = _convolutions(path), _layers(full)
    _check(path, stored, layers)
    hidden = [stored[layers.index(block.into_hidden()[0])][0].shape[0] for block in full.blocks()]
    net = Recogniser(classes, norm=False, hidden=hidden)
    _fill(net, path, seed)
    return net


def load_finder(net: nn.Module, path: Path) -> None:
    """Fills a line finder that was built with ``norm=False``."""
    _fill(net, path, 0)


def _fill(net: nn.Module, path: Path, seed: int) -> None:
    """Convolutions of the file in their order, into the net's convolutions in theirs.

    Raises:
        ValueError: the file has another number of convolutions.
    """
    stored, layers = _convolutions(path), _layers(net)
    _check(path, stored, layers)
    torch.manual_seed(seed)
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, stored, strict=True):
            assert layer.bias is not None
            kernels = weight.reshape(-1, *layer.weight.shape[1:])  # Older files hold some of one dimension.
            layer.weight.copy_(_extended(kernels, layer.weight.shape[0], _FRESH_DEVIATION, 0.0))
            layer.bias.copy_(_extended(bias, layer.bias.shape[0], 0.0, _FRESH_BIAS))


def _layers(net: nn.Module) -> list[nn.Conv2d]:
    return [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]


def _check(path: Path, stored: Sized, layers: Sized) -> None:
    if len(stored) != len(layers):
        raise ValueError(f"{path.name} has {len(stored)} convolutions, the net {len(layers)}")


def _convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    graph = onnx.load(path).graph
    tensors = {tensor.name: torch.from_numpy(np.array(numpy_helper.to_array(tensor))) for tensor in graph.initializer}
    return [(tensors[node.input[1]], tensors[node.input[2]]) for node in graph.node if node.op_type == "Conv"]


def _extended(stored: Tensor, rows: int, deviation: float, middle: float) -> Tensor:
    """The stored rows, and fresh ones after them up to ``rows``."""
    fresh = middle + deviation * torch.randn(rows - stored.shape[0], *stored.shape[1:])
    return torch.cat([stored, fresh])
