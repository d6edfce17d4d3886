"""Trains the line finder on windows of synthetic pages: from nothing, or on from an exported ONNX file.

python -m ocr.training.finder_trainer --laws laws.txt.gz --start linefinder.onnx --out OUT --minutes 30
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from ocr.training.export import export_finder
from ocr.training.fonts import FaceBook
from ocr.training.nets import LineFinder, device, parameters
from ocr.training.page_windows import SIDE, Window, windows
from ocr.training.text import LawText, LineText
from ocr.training.training_loop import Plan, parser_of, train
from ocr.training.weights import load_finder

_RATES = {True: 1e-4, False: 3e-3}
_CORE, _END, _ABOVE, _BELOW = range(4)
_HEIGHT_LIMITS = (1, 254)
_LARGEST = 255.0

Tensors = tuple[Tensor, Tensor]


class _Windows(IterableDataset[Tensors]):
    """Batches of windows, cut to squares of ``side``; every worker process has a seed of its own."""

    def __init__(self, text: LineText, faces: FaceBook, seed: int, count: int, side: int) -> None:
        self._text, self._faces, self._seed, self._count, self._side = text, faces, seed, count, side

    def __iter__(self) -> Iterator[Tensors]:
        worker = get_worker_info()
        torch.set_num_threads(1)
        seed = self._seed * 1000 + (worker.id if worker else 0)
        place, stream = np.random.default_rng(seed), windows(self._text, self._faces, seed)
        while True:
            cut = [_cut(window, self._side, place) for window in islice(stream, self._count)]
            yield torch.stack([picture for picture, _ in cut]), torch.stack([maps for _, maps in cut])


def _cut(window: Window, side: int, place: np.random.Generator) -> Tensors:
    top, left = (int(place.integers(0, (SIDE - side) // 4 + 1)) for _ in range(2))
    picture = window.picture[None, 4 * top : 4 * top + side, 4 * left : 4 * left + side]
    maps = window.maps[:, top : top + side // 4, left : left + side // 4]
    return torch.from_numpy(picture.copy()), torch.from_numpy(maps.copy())


def finder_loss(net: nn.Module, batch: Tensors) -> Tensor:
    """Cross-entropy and overlap (Dice) of core and ends; absolute error of the logarithms of heights on the core."""
    pictures, wanted = (part.to(device(), non_blocking=True).float() for part in batch)
    maps = net(pictures / _LARGEST - 0.5).float()
    loss = torch.zeros((), device=maps.device)
    for place, weight in ((_CORE, 1.0), (_END, 0.5)):
        target = wanted[:, place] / _LARGEST
        loss = loss + weight * 3 * functional.binary_cross_entropy_with_logits(maps[:, place], target)
        loss = loss + weight * _dice(torch.sigmoid(maps[:, place]), target)
    low, high = _HEIGHT_LIMITS
    heights = wanted[:, _ABOVE:]
    known = (wanted[:, _CORE] > 100) & (heights > low).all(1) & (heights < high).all(1)
    error = (maps[:, _ABOVE:] - torch.log(heights.clamp(min=1) / 2)).abs().sum(1)
    return loss + 0.7 * (error * known).sum() / known.sum().clamp(min=1)


def _dice(chance: Tensor, target: Tensor, smooth: float = 30.0) -> Tensor:
    both, either = (chance * target).sum((1, 2)), chance.sum((1, 2)) + target.sum((1, 2))
    return (1 - (2 * both + smooth) / (either + smooth)).mean()


def main(arguments: list[str]) -> None:
    """The command."""
    parser = parser_of("ocr.training.finder_trainer", "Trains the line finder on windows of synthetic pages.")
    parser.add_argument("--windows", type=int, default=2, help="windows a batch; 32 on a GPU")
    parser.add_argument("--side", type=int, default=SIDE, help="side of the square that is cut from each, pixels")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    net = LineFinder(norm=given.start is None)
    if given.start:
        load_finder(net, given.start)
    given.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(given.minutes, given.rate or _RATES[bool(given.start)], given.save_minutes)
    print(f"{parameters(net)} weights on {device()}, {plan}", flush=True)
    text = LineText(LawText.read(given.laws))
    data = _Windows(text, FaceBook(), given.seed, given.windows, given.side)
    batches = DataLoader(data, batch_size=None, num_workers=given.makers)
    train(net.to(device()), batches, finder_loss, plan, lambda mean: export_finder(mean, given.out / "linefinder.onnx"))


if __name__ == "__main__":
    main(sys.argv[1:])
