"""The loop that both trainers share: time-bound, cosine learning rate, running mean of the weights."""

from __future__ import annotations

import argparse
import copy
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

_WARM_UP_STEPS = 100
_LONGEST_MEMORY = 0.999
_LARGEST_GRADIENT = 5.0
_REPORT_STEPS = 100

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one training is to do.

    Attributes:
        minutes: length of the training; the learning rate falls to nearly nothing over it.
        rate: highest learning rate.
        save_minutes: time between two exports.
    """

    minutes: float
    rate: float
    save_minutes: float


def parser_of(module: str, description: str) -> argparse.ArgumentParser:
    """The options that both trainers have."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--laws", type=Path, required=True, help="law texts, UTF-8, a paragraph a line, plain or .gz")
    parser.add_argument("--start", type=Path, help="exported weights (.onnx) to go on from; without, from nothing")
    parser.add_argument("--out", type=Path, required=True, help="folder for the exported weights")
    parser.add_argument("--minutes", type=float, default=60, help="length of the training")
    parser.add_argument("--rate", type=float, help="highest learning rate; by default lower with --start than without")
    parser.add_argument("--seed", type=int, default=1, help="of the data and of fresh weights")
    parser.add_argument("--makers", type=int, default=1, help="processes that draw the data")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch on a CPU")
    parser.add_argument("--save-minutes", type=float, default=10, help="time between two exports")
    return parser


def cosine_rate(highest: float, share: float, step: int) -> float:
    """Learning rate after a share of the time: a short warm-up, then a cosine down to a hundredth."""
    warm = min(1.0, (step + 1) / _WARM_UP_STEPS)
    return highest * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def average(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Moves the running mean of the weights towards the net's; statistics of norms are copied."""
    memory = min(_LONGEST_MEMORY, (1 + step) / (10 + step))
    with torch.no_grad():
        for kept, new in zip(mean.parameters(), net.parameters(), strict=True):
            kept.lerp_(new, 1 - memory)
        for kept, new in zip(mean.buffers(), net.buffers(), strict=True):
            kept.copy_(new)


def train(
    net: nn.Module,
    batches: Iterable[Batch],
    loss_of: Callable[[nn.Module, Batch], Tensor],
    plan: Plan,
    save: Callable[[nn.Module], None],
) -> None:
    """Trains a net in place for the planned time; ``save`` gets the mean weights now and then, and at the end."""
    net.train()
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW([weight for weight in net.parameters() if weight.requires_grad], weight_decay=0.01)
    start = saved = time.monotonic()
    losses: list[Tensor] = []
    for step, batch in enumerate(batches):
        share = (time.monotonic() - start) / 60 / plan.minutes
        for group in optimiser.param_groups:
            group["lr"] = cosine_rate(plan.rate, share, step)
        loss = loss_of(net, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), _LARGEST_GRADIENT)
        optimiser.step()
        average(mean, net, step)
        losses.append(loss.detach())
        if len(losses) == _REPORT_STEPS:
            print(f"{share:.3f} of the time, step {step + 1}, loss {torch.stack(losses).mean():.4f}", flush=True)
            losses.clear()
        if share >= 1 or time.monotonic() - saved > plan.save_minutes * 60:
            saved = time.monotonic()
            save(copy.deepcopy(mean))
        if share >= 1:
            return
