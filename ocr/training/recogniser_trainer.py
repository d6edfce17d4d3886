"""Trains the line recogniser on synthetic lines: from nothing, or on from an exported ONNX file.

python -m ocr.training.recogniser_trainer --laws laws.txt.gz --start recogniser.onnx --out OUT --minutes 90 --frozen 8
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

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


def main(arguments: list[str]) -> None:
    """The command."""
    parser = parser_of("ocr.training.recogniser_trainer", "Trains the line recogniser on synthetic lines.")
    parser.add_argument("--columns", type=int, default=8000, help="pixel columns a batch; 120000 on a GPU")
    parser.add_argument("--frozen", type=int, default=0, help="feature blocks (of 11) that stay as they are: faster")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    net = Recogniser(CLASSES, norm=given.start is None)
    if given.start:
        load_recogniser(net, given.start, given.seed)
    net.features[: given.frozen].requires_grad_(False)
    given.out.mkdir(parents=True, exist_ok=True)
    save_charset(given.out / "charset.txt")
    plan = Plan(given.minutes, given.rate or _RATES[bool(given.start)], given.save_minutes)
    print(f"{parameters(net)} weights on {device()}, {plan}", flush=True)
    maker = LineMaker(LineText(LawText.read(given.laws)), FaceBook())
    batches = DataLoader(_Lines(maker, given.seed, given.columns), batch_size=None, num_workers=given.makers)
    train(net.to(device()), batches, recogniser_loss, plan,
          lambda mean: export_recogniser(mean, given.out / "recogniser.onnx"))


if __name__ == "__main__":
    main(sys.argv[1:])
