"""Prunes the recogniser: each block loses the hidden channels that the others can best replace.

python -m ocr.training.prune --laws laws.txt.gz --start recogniser.onnx --out OUT --hidden 16 24 40 ...

What a block's last convolution makes of its hidden channels is linear, so that :func:`ocr.training.surgeon.fewer` finds
the channels and the weights without any gradient; a training with the unpruned net as teacher follows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ocr.recogniser.normalise import as_input
from ocr.training.charset import CLASSES
from ocr.training.charset import save as save_charset
from ocr.training.export import export_recogniser
from ocr.training.fonts import FaceBook
from ocr.training.lines import LineMaker
from ocr.training.nets import Block, Recogniser, parameters
from ocr.training.surgeon import Matrix, fewer
from ocr.training.text import LawText, LineText
from ocr.training.weights import load_recogniser


def prune(net: Recogniser, hidden: Sequence[int], pictures: Iterable[NDArray[np.uint8]]) -> Recogniser:
    """A net with only so many hidden channels in each block, its weights refitted on normalised line pictures.

    Raises:
        ValueError: a block has fewer channels already, or the number of blocks is another.
    """
    found = [block.out_of_hidden().in_channels for block in net.blocks()]
    if len(hidden) != len(found) or any(new > old for new, old in zip(hidden, found, strict=True)):
        raise ValueError(f"{hidden} cannot be pruned from {found}")
    smaller = Recogniser(net.head.out_channels, norm=False, hidden=hidden)
    _copy_same(net, smaller)
    with torch.no_grad():
        for old, new, moments in zip(net.blocks(), smaller.blocks(), _moments(net, pictures), strict=True):
            if new.out_of_hidden().in_channels < old.out_of_hidden().in_channels:
                _shrink(old, new, moments)
    return smaller


def _moments(net: Recogniser, pictures: Iterable[NDArray[np.uint8]]) -> list[Matrix]:
    """For each block the second moments of its hidden channels and, last, of a constant 1."""
    outs = [block.out_of_hidden() for block in net.blocks()]
    moments = [np.zeros((out.in_channels + 1,) * 2) for out in outs]

    def add(place: int, given: tuple[Tensor]) -> None:
        channels = given[0][0].flatten(1).numpy().astype(np.float64)
        channels = np.concatenate([channels, np.ones((1, channels.shape[1]))])
        moments[place] += channels @ channels.T / channels.shape[1]

    hooks = [out.register_forward_pre_hook(lambda _, given, place=place: add(place, given))
             for place, out in enumerate(outs)]  # fmt: skip
    for picture in pictures:
        net(torch.from_numpy(as_input(picture)))
    for hook in hooks:
        hook.remove()
    return moments


def _shrink(old: Block, new: Block, moments: Matrix) -> None:
    out = old.out_of_hidden()
    assert out.bias is not None
    weights = torch.cat([out.weight.flatten(1), out.bias[:, None]], 1).numpy().astype(np.float64)
    keep, fitted = fewer(weights, moments, new.out_of_hidden().in_channels)
    for whole, part in zip(old.into_hidden(), new.into_hidden(), strict=True):
        assert whole.bias is not None
        _set(part, whole.weight[keep], whole.bias[keep])
    _set(new.out_of_hidden(), torch.from_numpy(fitted[:, :-1]), torch.from_numpy(fitted[:, -1]))


def _set(convolution: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    assert convolution.bias is not None
    convolution.weight.copy_(weight.reshape(convolution.weight.shape))
    convolution.bias.copy_(bias)


def _copy_same(old: nn.Module, new: nn.Module) -> None:
    """What has the same shape in both."""
    shapes = {name: value.shape for name, value in new.state_dict().items()}
    same = {name: value for name, value in old.state_dict().items() if value.shape == shapes[name]}
    new.load_state_dict(same, strict=False)


def main(arguments: list[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.training.prune", description="Prunes the line recogniser.")
    parser.add_argument("--laws", type=Path, required=True, help="law texts, UTF-8, a paragraph a line, plain or .gz")
    parser.add_argument("--start", type=Path, required=True, help="exported weights (.onnx)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pruned weights")
    parser.add_argument("--hidden", type=int, nargs="+", required=True, help="hidden channels of each block")
    parser.add_argument("--lines", type=int, default=400, help="lines that the weights are refitted on")
    parser.add_argument("--seed", type=int, default=777)
    given = parser.parse_args(arguments)
    net = load_recogniser(given.start, CLASSES).eval()
    maker = LineMaker(LineText(LawText.read(given.laws)), FaceBook())
    smaller = prune(net, given.hidden, (line.picture for line in islice(maker.lines(given.seed), given.lines)))
    given.out.mkdir(parents=True, exist_ok=True)
    save_charset(given.out / "charset.txt")
    export_recogniser(smaller, given.out / "recogniser.onnx")
    print(f"{parameters(net)} weights pruned to {parameters(smaller)}")


if __name__ == "__main__":
    main(sys.argv[1:])
