"""The two nets.

Every convolution is followed by a batch norm when a net is trained from nothing (``norm=True``). Weights that come from
an ONNX file have their norms folded into the convolutions already; such a net is built with ``norm=False``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

_RECOGNISER_CHANNELS = (16, 32, 64, 128)
_SEQUENCE_WIDTH = 192
FULL_HIDDEN = (16, 32, 64, 64, 64, 128, 128, 128, 256, 256, 384, 384, 384, 384, 384)
"""Hidden channels of the recogniser's blocks, ten of features and five of the sequence, before any are pruned."""
_FINDER_CHANNELS = (16, 32, 64, 96, 128)


def _conv(
    inner: int, outer: int, kernel: int, act: type[nn.Module] | None, norm: bool,
    stride: int | tuple[int, int] = 1, groups: int = 1,
) -> nn.Sequential:  # fmt: skip
    """Convolution, norm if wanted, activation if any."""
    layers: list[nn.Module] = [nn.Conv2d(inner, outer, kernel, stride, kernel // 2, groups=groups, bias=not norm)]
    if norm:
        layers.append(nn.BatchNorm2d(outer))
    if act:
        layers.append(act())
    return nn.Sequential(*layers)


class _Inverted(nn.Module):
    """Pointwise up to the hidden channels, depthwise, pointwise down; residual where sizes allow."""

    def __init__(
        self, inner: int, hidden: int, outer: int, norm: bool, kernel: int = 3, stride: int | tuple[int, int] = 1,
        act: type[nn.Module] = nn.Hardswish, act_after: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.body = nn.Sequential(
            _conv(inner, hidden, 1, act, norm),
            _conv(hidden, hidden, kernel, act, norm, stride, groups=hidden),
            _conv(hidden, outer, 1, None, norm),
        )
        self.residual = inner == outer and stride == 1
        self.after = act() if act_after else nn.Identity()

    def into_hidden(self) -> tuple[nn.Conv2d, ...]:
        """See :class:`Block`."""
        return self.body[0][0], self.body[1][0]

    def out_of_hidden(self) -> nn.Conv2d:
        """See :class:`Block`."""
        last: nn.Conv2d = self.body[2][0]
        return last

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return self.after(x + y if self.residual else y)


class _Sequence(nn.Module):
    """A residual block on one row: depthwise kernel of 11 columns, then two pointwise layers.

    Its convolutions have two dimensions, for which ONNX Runtime has the faster kernels.
    """

    def __init__(self, width: int, hidden: int, norm: bool) -> None:
        super().__init__()
        self.along = nn.Conv2d(width, width, (1, 11), padding=(0, 5), groups=width)
        self.norm = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.up = nn.Conv2d(width, hidden, 1)
        self.down = nn.Conv2d(hidden, width, 1)

    def into_hidden(self) -> tuple[nn.Conv2d, ...]:
        """See :class:`Block`."""
        return (self.up,)

    def out_of_hidden(self) -> nn.Conv2d:
        """See :class:`Block`."""
        return self.down

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(functional.hardswish(self.up(self.norm(self.along(x)))))


class Block(Protocol):
    """A block of the recogniser: its input is made into hidden channels, these into its output."""

    def into_hidden(self) -> tuple[nn.Conv2d, ...]:
        """The pointwise convolution that makes them, and the depthwise one that each then passes, if there is one."""

    def out_of_hidden(self) -> nn.Conv2d:
        """The pointwise convolution that takes them together."""


class Recogniser(nn.Module):
    """Line picture ``(n, 1, 48, width)``, values −0.5 to 0.5 → class scores ``(n, classes, width / 4)``.

    Args:
        classes: number of classes.
        norm: whether there are batch norms.
        hidden: hidden channels of each block, first to last; fewer than the full ones after pruning.
    """

    def __init__(self, classes: int, norm: bool, hidden: Sequence[int] = FULL_HIDDEN) -> None:
        super().__init__()
        a, b, c, d = _RECOGNISER_CHANNELS
        kinds: tuple[tuple[int, int, int, int | tuple[int, int]], ...] = (
            (a, a, 3, 1), (a, b, 3, 2), *[(b, b, 5, 1)] * 2, (b, c, 3, (2, 1)), *[(c, c, 5, 1)] * 2,
            (c, d, 3, (2, 1)), *[(d, d, 5, 1)] * 2,
        )  # fmt: skip
        inverted, sequence = hidden[: len(kinds)], hidden[len(kinds) :]
        self.features = nn.Sequential(
            _conv(1, a, 3, nn.Hardswish, norm, 2),
            *(
                _Inverted(inner, middle, outer, norm, kernel, stride)
                for middle, (inner, outer, kernel, stride) in zip(inverted, kinds, strict=True)
            ),
        )
        self.to_row = nn.Conv2d(d, _SEQUENCE_WIDTH, (3, 1), bias=not norm)
        self.row_norm = nn.BatchNorm2d(_SEQUENCE_WIDTH) if norm else nn.Identity()
        self.sequence = nn.Sequential(*(_Sequence(_SEQUENCE_WIDTH, middle, norm) for middle in sequence))
        self.head = nn.Conv2d(_SEQUENCE_WIDTH, classes, 1)

    def blocks(self) -> list[Block]:
        """Those of the features after the first convolution, then those of the sequence."""
        return [*self.features[1:], *self.sequence]

    def forward(self, x: Tensor) -> Tensor:
        row = functional.hardswish(self.row_norm(self.to_row(self.features(x))))
        scores: Tensor = self.head(self.sequence(row)).squeeze(2)
        return scores


class _Separable(nn.Module):
    """Depthwise, then pointwise; residual where sizes allow."""

    def __init__(self, inner: int, outer: int, norm: bool, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _conv(inner, inner, kernel, nn.ReLU, norm, stride, groups=inner), _conv(inner, outer, 1, None, norm)
        )
        self.residual = inner == outer and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return functional.relu(x + y if self.residual else y)


def _mixed(channels: int, kernel: int, norm: bool) -> _Inverted:
    return _Inverted(channels, 2 * channels, channels, norm, kernel, act=nn.ReLU, act_after=True)


class LineFinder(nn.Module):
    """Grey page ``(n, 1, height, width)``, values −0.5 to 0.5, sides multiples of 32 → four maps at a quarter.

    The maps: core of the lines and line ends (logits), logarithm of the height above and below the core's middle.
    """

    def __init__(self, norm: bool) -> None:
        super().__init__()
        a, b, c, d, e = _FINDER_CHANNELS
        self.down1 = nn.Sequential(
            _conv(1, a, 3, nn.ReLU, norm, 2), _Separable(a, b, norm, 3, 2), _Separable(b, b, norm)
        )
        self.down2 = nn.Sequential(_Separable(b, c, norm, 3, 2), *(_Separable(c, c, norm, 5) for _ in range(2)))
        self.down3 = nn.Sequential(_Separable(c, d, norm, 3, 2), *(_mixed(d, 5, norm) for _ in range(4)))
        self.down4 = nn.Sequential(_Separable(d, e, norm, 3, 2), *(_mixed(e, 7, norm) for _ in range(4)))
        self.up3, self.join3 = _conv(e, d, 1, None, norm), _mixed(d, 5, norm)
        self.up2 = _conv(d, c, 1, None, norm)
        self.join2 = nn.Sequential(*(_Separable(c, c, norm, 5) for _ in range(2)))
        self.up1 = _conv(c, b, 1, None, norm)
        self.join1 = nn.Sequential(*(_Separable(b, b, norm) for _ in range(2)))
        self.head = nn.Conv2d(b, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.down1(x)
        x2 = self.down2(x1)
        x3 = self.down3(x2)
        y = self.join3(functional.relu(x3 + _doubled(self.up3(self.down4(x3)))))
        y = self.join2(functional.relu(x2 + _doubled(self.up2(y))))
        maps: Tensor = self.head(self.join1(functional.relu(x1 + _doubled(self.up1(y)))))
        return maps


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def parameters(net: nn.Module) -> int:
    """Number of weights."""
    return sum(weight.numel() for weight in net.parameters())


def device() -> torch.device:
    """A GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
