"""Trains the line recogniser on synthetic lines: from nothing, or on from an exported ONNX file.

python -m ocr.training.recogniser_trainer --laws laws.txt.gz --start recogniser.onnx --out OUT --minutes 90 --frozen 8
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from ocr.network import Network
from ocr.recogniser.charset import BLANK
from ocr.training.charset import CLASSES
from ocr.training.charset import save as save_charset
from ocr.training.export import export_recogniser
from ocr.training.fonts import FaceBook
from ocr.training.lines import LineMaker
from ocr.training.nets import Recogniser, device, parameters
from ocr.training.text import LawText, LineText
from ocr.training.training_loop import Plan, parser_of, train
from ocr.training.weights import load_recogniser

_RATES = {True: 3e-4, False: 2.5e-3}

Tensors = tuple[Tensor, Tensor, Tensor, Tensor]


class _Lines(IterableDataset[Tensors]):
    """Batches from the line maker; every worker process has a seed of its own."""

    def __init__(self, maker: LineMaker, seed: int, columns: int) -> None:
        self._maker, self._seed, self._columns = maker, seed, columns

    def __iter__(self) -> Iterator[Tensors]:
        worker = get_worker_info()
        torch.set_num_threads(1)
        for batch in self._maker.batches(self._seed * 1000 + (worker.id if worker else 0), self._columns):
            yield (
                torch.from_numpy(batch.pictures), torch.from_numpy(batch.columns), torch.from_numpy(batch.targets),
                torch.from_numpy(batch.lengths),
            )  # fmt: skip


def recogniser_loss(net: nn.Module, batch: Tensors) -> Tensor:
    """The CTC loss of a batch, per character and averaged over lines."""
    pictures, columns, targets, lengths = (part.to(device(), non_blocking=True) for part in batch)
    scores = net(pictures.float() / 255 - 0.5)
    chances = functional.log_softmax(scores.float(), 1).permute(2, 0, 1)
    return functional.ctc_loss(chances, targets, columns, lengths, blank=BLANK, zero_infinity=True)


class Distillation:
    """The CTC loss, and how far the posteriors of every column are from a teacher's (Kullback–Leibler, per character).

    Args:
        teacher: the network to learn from.
        share: weight of the teacher; the rest is the CTC loss's.
    """

    def __init__(self, teacher: Network, share: float) -> None:
        self._teacher, self._share = teacher, share

    def __call__(self, net: nn.Module, batch: Tensors) -> Tensor:
        """The loss of a batch, averaged over lines."""
        pictures = batch[0].float() / 255 - 0.5
        columns, targets, lengths = (part.to(device(), non_blocking=True) for part in batch[1:])
        scores = net(pictures.to(device())).float().log_softmax(1)
        wanted = torch.from_numpy(self._teacher.run(pictures.numpy())).to(device()).log_softmax(1)
        apart = (wanted.exp() * (wanted - scores)).sum(1)
        inside = torch.arange(apart.shape[1], device=device()) < columns[:, None]
        followed = ((apart * inside).sum(1) / lengths).mean()
        ctc = functional.ctc_loss(scores.permute(2, 0, 1), targets, columns, lengths, blank=BLANK, zero_infinity=True)
        return self._share * followed + (1 - self._share) * ctc


def freeze(net: Recogniser, blocks: int, *, depthwise: bool) -> None:
    """Leaves the first feature blocks as they are, and at wish all depthwise weights, whose gradients cost the most."""
    net.features[:blocks].requires_grad_(False)
    for layer in net.modules():
        if depthwise and isinstance(layer, nn.Conv2d) and layer.groups > 1:
            layer.weight.requires_grad_(False)


def main(arguments: list[str]) -> None:
    """The command."""
    parser = parser_of("ocr.training.recogniser_trainer", "Trains the line recogniser on synthetic lines.")
    parser.add_argument("--columns", type=int, default=8000, help="pixel columns a batch; 120000 on a GPU")
    parser.add_argument("--frozen", type=int, default=0, help="feature blocks (of 11) that stay as they are: faster")
    parser.add_argument("--frozen-depthwise", action="store_true", help="depthwise weights stay as they are: faster")
    parser.add_argument("--teacher", type=Path, help="exported weights (.onnx) whose posteriors are to be followed")
    parser.add_argument("--teacher-share", type=float, default=0.7, help="weight of the teacher against the truth")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    net = load_recogniser(given.start, CLASSES, given.seed) if given.start else Recogniser(CLASSES, norm=True)
    freeze(net, given.frozen, depthwise=given.frozen_depthwise)
    given.out.mkdir(parents=True, exist_ok=True)
    save_charset(given.out / "charset.txt")
    plan = Plan(given.minutes, given.rate or _RATES[bool(given.start)], given.save_minutes)
    print(f"{parameters(net)} weights on {device()}, {plan}", flush=True)
    maker = LineMaker(LineText(LawText.read(given.laws)), FaceBook())
    batches = DataLoader(_Lines(maker, given.seed, given.columns), batch_size=None, num_workers=given.makers)
    loss = Distillation(Network(given.teacher), given.teacher_share) if given.teacher else recogniser_loss
    train(net.to(device()), batches, loss, plan, lambda mean: export_recogniser(mean, given.out / "recogniser.onnx"))


if __name__ == "__main__":
    main(sys.argv[1:])
