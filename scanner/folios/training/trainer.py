"""Trains the folio reader and writes its weights.

``python -m scanner.folios.training.trainer --digits FOLDER --out FILE.onnx [--fonts FOLDER...] [--steps N] [--seed N]``
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from scanner.folios.strip import HEIGHT, batch_of
from scanner.folios.training.figures import faces, load_samples
from scanner.folios.training.strips import CLASSES, Sources, strip

_BATCH = 48
_RATE = 3e-3
_KEPT = 0.995
"""Share of the running mean of the weights that each step keeps."""
FONTS = (Path("/usr/share/fonts"),)
LETTERS = "0123456789BLabcuotrs:./-"


class FolioNet(nn.Module):
    """Convolutions down to one row, at half the width of the strip: (batch, 1, 32, W) → (batch, W/2, 12)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _block(1, 16), nn.MaxPool2d(2),
            _block(16, 32), nn.MaxPool2d((2, 1)),
            _block(32, 48), nn.MaxPool2d((2, 1)),
            _block(48, 64), nn.MaxPool2d((2, 1)),
            _block(64, 64, (2, 3), (0, 1)),
            _block(64, 64, (1, 7), (0, 3)),
            nn.Dropout(0.1),
            nn.Conv2d(64, len(CLASSES) + 1, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Logarithms of the shares of the classes, class 0 being the CTC blank."""
        scores: Tensor = self.body(x)
        return functional.log_softmax(scores.squeeze(2).transpose(1, 2), dim=2)


def _block(inner: int, outer: int, kernel: tuple[int, int] = (3, 3), pad: tuple[int, int] = (1, 1)) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inner, outer, kernel, padding=pad, bias=False), nn.BatchNorm2d(outer), nn.ReLU())


def batch(sources: Sources, rng: np.random.Generator) -> tuple[Tensor, list[str]]:
    """A batch of strips and their labels."""
    made = [strip(sources, rng) for _ in range(_BATCH)]
    return torch.from_numpy(batch_of([picture for picture, _ in made])), [label for _, label in made]


def loss_of(net: nn.Module, x: Tensor, labels: list[str]) -> Tensor:
    """The CTC loss of one batch."""
    logs = net(x).transpose(0, 1)
    wanted = torch.tensor([CLASSES.index(sign) + 1 for label in labels for sign in label])
    lengths = torch.tensor([len(label) for label in labels])
    steps = torch.full((len(labels),), logs.shape[0])
    return functional.ctc_loss(logs, wanted, steps, lengths, zero_infinity=True)


def train(sources: Sources, steps: int, seed: int, out: Path) -> None:
    """Train for so many steps; the running mean of the weights is written to ``out`` now and then, and at the end."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng, net = np.random.default_rng(seed), FolioNet()
    mean = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(_KEPT), use_buffers=True
    )
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, steps, pct_start=0.1)
    began = time.monotonic()
    for step in range(1, steps + 1):
        loss = loss_of(net, *batch(sources, rng))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        pace.step()
        mean.update_parameters(net)
        if step % 50 == 0:
            print(f"{step} of {steps}: loss {float(loss.detach()):.3f}, {time.monotonic() - began:.0f} s", flush=True)
        if step % 200 == 0 or step == steps:
            export(copy.deepcopy(mean.module).eval(), out)


def export(net: nn.Module, out: Path) -> None:
    """Write the net as ONNX with the input ``x`` and the output ``y``."""
    axes = {"x": {0: "batch", 3: "width"}, "y": {0: "batch", 1: "steps"}}
    example = torch.zeros(1, 1, HEIGHT, 64)
    torch.onnx.export(net, (example,), str(out), input_names=["x"], output_names=["y"], dynamic_axes=axes, dynamo=False)


def main() -> None:
    """See the module's text."""
    given = argparse.ArgumentParser(description="Train the folio reader.")
    given.add_argument("--digits", type=Path, required=True)
    given.add_argument("--fonts", type=Path, nargs="*", default=list(FONTS))
    given.add_argument("--out", type=Path, required=True)
    given.add_argument("--steps", type=int, default=3000)
    given.add_argument("--seed", type=int, default=1)
    asked = given.parse_args()
    sources = Sources(load_samples(asked.digits, held_out=False), faces(asked.fonts, LETTERS))
    print(f"{len(sources.faces)} type faces")
    train(sources, asked.steps, asked.seed, asked.out)


if __name__ == "__main__":
    main()
