"""The two nets.

Every convolution is followed by a batch norm when a net is trained from nothing (``norm=True``). Weights that come from
an ONNX file have their norms folded into the convolutions already; such a net is built with ``norm=False``.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_RECOGNISER_CHANNELS = (16, 32, 64, 128)
_SEQUENCE_WIDTH = 192
_SEQUENCE_BLOCKS = 5
_FINDER_CHANNELS = (16, 32, 64, 96, 128)


def _conv(
    inner: int, outer: int, kernel: int, act: type[nn.Module] | None, norm: bool,
    stride: int | tuple[int, int] = 1, groups: int = 1,
) -> nn.Sequential:  # fmt: skip
    """Convolution, norm if wanted, activation if any."""
    layers: list[nn.Module] = [
        nn.Conv2d(inner, outer, kernel, stride, kernel // 2, groups=groups, bias=not norm)
    ]
    if norm:
        layers.append(nn.BatchNorm2d(outer))
    if act:
        layers.append(act())
    return nn.Sequential(*layers)


class _Inverted(nn.Module):
    """Pointwise up, depthwise, pointwise down; residual where sizes allow."""

    def __init__(
        self, inner: int, outer: int, norm: bool, kernel: int = 3, stride: int | tuple[int, int] = 1, expand: int = 2,
        act: type[nn.Module] = nn.Hardswish, act_after: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        middle = inner * expand
        self.body = nn.Sequential(
            _conv(inner, middle, 1, act, norm),
            _conv(middle, middle, kernel, act, norm, stride, groups=middle),
            _conv(middle, outer, 1, None, norm),
        )
        self.residual = inner == outer and stride == 1
        self.after = act() if act_after else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return self.after(x + y if self.residual else y)


class _Sequence(nn.Module):
    """A residual 1-D block: depthwise kernel of 11 columns, then two pointwise layers."""

    def __init__(self, width: int, norm: bool) -> None:
        super().__init__()
        self.along = nn.Conv1d(width, width, 11, padding=5, groups=width)
        self.norm = nn.BatchNorm1d(width) if norm else nn.Identity()
        self.up = nn.Conv1d(width, 2 * width, 1)
        self.down = nn.Conv1d(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(functional.hardswish(self.up(self.norm(self.along(x)))))


class Recogniser(nn.Module):
    """Line picture ``(n, 1, 48, width)``, values −0.5 to 0.5 → class scores ``(n, classes, width / 4)``."""

    def __init__(self, classes: int, norm: bool) -> None:
        super().__init__()
        a, b, c, d = _RECOGNISER_CHANNELS
        self.features = nn.Sequential(
            _conv(1, a, 3, nn.Hardswish, norm, 2),
            _Inverted(a, a, norm, expand=1),
            _Inverted(a, b, norm, stride=2),
            *(_Inverted(b, b, norm, 5) for _ in range(2)),
            _Inverted(b, c, norm, stride=(2, 1)),
            *(_Inverted(c, c, norm, 5) for _ in range(2)),
            _Inverted(c, d, norm, stride=(2, 1)),
            *(_Inverted(d, d, norm, 5) for _ in range(2)),
        )
        self.to_row = nn.Conv2d(d, _SEQUENCE_WIDTH, (3, 1), bias=not norm)
        self.row_norm = nn.BatchNorm2d(_SEQUENCE_WIDTH) if norm else nn.Identity()
        self.sequence = nn.Sequential(*(_Sequence(_SEQUENCE_WIDTH, norm) for _ in range(_SEQUENCE_BLOCKS)))
        self.head = nn.Conv1d(_SEQUENCE_WIDTH, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        row = functional.hardswish(self.row_norm(self.to_row(self.features(x)))).squeeze(2)
        scores: Tensor = self.head(self.sequence(row))
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
    return _Inverted(channels, channels, norm, kernel, act=nn.ReLU, act_after=True)


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
