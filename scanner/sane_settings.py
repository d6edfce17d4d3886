"""What the profile asks of a SANE device, as far as the device can do it.

Options and their names: SANE standard 1.06, section 4.5, and the well-known names that backends share
(``sane/saneopts.h``): ``source``, ``mode``, ``depth``, ``resolution``, ``tl-x`` … ``br-y``, ``page-width`` …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.errors import UsageError
from scanner.driver import Compromises
from scanner.options import Colour, ScanOptions

Value = str | int | float | bool
_MODES = {
    Colour.COLOUR: ("color", "colour", "rgb"),
    Colour.GREY: ("gray", "grey"),
    Colour.BITONAL: ("lineart", "binary", "black"),
}
_NEAREST = {
    Colour.COLOUR: (Colour.COLOUR, Colour.GREY, Colour.BITONAL),
    Colour.GREY: (Colour.GREY, Colour.COLOUR, Colour.BITONAL),
    Colour.BITONAL: (Colour.BITONAL, Colour.GREY, Colour.COLOUR),
}
_FEEDER = ("adf", "feeder", "automatic")
_OFF = ("swdeskew", "swcrop", "swdespeck", "swskip", "swderotate")
"""Work of backends on the finished picture. The master is the sheet as it was seen, and no page may be skipped."""
_MM = 25.4
_SLACK = 0.02
"""Share of a side that the device's bed may lack before it is said."""


class SaneOption(Protocol):
    """One option of a device, as python-sane describes it."""

    name: str
    constraint: tuple[float, float, float] | Sequence[Value] | None
    unit: int

    def is_active(self) -> bool:
        """Whether it exists as the device is set now."""

    def is_settable(self) -> bool:
        """Whether a program may set it."""


class SaneOptions(Protocol):
    """The options of an open device; setting one may change the others."""

    def get(self, name: str) -> SaneOption | None:
        """The option of that name (with ``-``) that is active and settable."""

    def set(self, name: str, value: Value) -> Value:
        """Set it; what the device made of it."""


def set_up(options: SaneOptions, wanted: ScanOptions, compromises: Compromises) -> tuple[bool, int]:
    """Set source, mode, resolution and area, in that order, for each may change the options after it.

    Returns:
        Whether paper is laid on by hand, and the pictures that the device delivers of a sheet (1 or 2).
    """
    by_hand, sides = _set_source(options, wanted, compromises)
    _set_mode(options, wanted.colour, compromises)
    _set_resolution(options, wanted.dpi, compromises)
    _set_area(options, wanted, compromises)
    for name in _OFF:
        if options.get(name) is not None:
            options.set(name, 0)
    if (action := options.get("df-action")) is not None and "Stop" in _choices(action):
        options.set("df-action", "Stop")
    return by_hand, sides


def set_given(options: SaneOptions, settings: Mapping[str, str], device: str) -> None:
    """The device's own options as a person gave them.

    Raises:
        UsageError: the device has no such option, or it does not take the value.
    """
    for name, text in settings.items():
        option = options.get(name)
        if option is None:
            raise UsageError("scanner.no-option", device=device, option=name)
        try:
            options.set(name, _typed(text))
        except Exception:
            try:
                options.set(name, text)
            except Exception as err:
                raise UsageError("scanner.bad-option", device=device, option=name, value=text, why=str(err)) from err


def _typed(text: str) -> Value:
    if text.casefold() in ("yes", "no", "true", "false", "on", "off"):
        return text.casefold() in ("yes", "true", "on")
    try:
        return int(text)
    except ValueError:
        return float(text)


def _set_source(options: SaneOptions, wanted: ScanOptions, compromises: Compromises) -> tuple[bool, int]:
    source = options.get("source")
    choices = _choices(source)
    feeders = [name for name in choices if any(word in name.casefold() for word in _FEEDER)]
    both = [name for name in feeders if "duplex" in name.casefold()]
    one = [name for name in feeders if name not in both]
    chosen = next(iter((both or one) if wanted.duplex else (one or both)), None)
    if chosen is None:
        if wanted.duplex:
            compromises.add("duplex", "duplex", None)
        if choices:
            options.set("source", choices[0])
        return True, 1
    options.set("source", chosen)
    if chosen in both:
        return False, 2
    return False, _second_side(options, wanted, compromises)


def _second_side(options: SaneOptions, wanted: ScanOptions, compromises: Compromises) -> int:
    """Of feeders whose sources do not tell: by ``adf-mode`` or ``duplex``."""
    mode, duplex = options.get("adf-mode"), options.get("duplex")
    names = {name.casefold(): name for name in _choices(mode)}
    if "duplex" in names and "simplex" in names:
        options.set("adf-mode", names["duplex" if wanted.duplex else "simplex"])
        return wanted.sides
    if duplex is not None:
        options.set("duplex", wanted.duplex)
        return wanted.sides
    if wanted.duplex:
        compromises.add("duplex", "duplex", None)
    return 1


def _set_mode(options: SaneOptions, wanted: Colour, compromises: Compromises) -> None:
    choices = _choices(options.get("mode"))
    if not choices:
        return
    for colour in _NEAREST[wanted]:
        name = next((it for it in choices if any(word in it.casefold() for word in _MODES[colour])), None)
        if name is not None:
            options.set("mode", name)
            _set_depth(options, wanted if colour is Colour.GREY else colour)
            if colour is not wanted and not (wanted is Colour.BITONAL and options.get("depth") is not None):
                compromises.add("mode", wanted.value, name)
            return
    compromises.add("mode", wanted.value, choices[0])


def _set_depth(options: SaneOptions, colour: Colour) -> None:
    depths = _choices_of_numbers(options.get("depth"))
    for depth in (1, 8) if colour is Colour.BITONAL else (8,):
        if depth in depths:
            options.set("depth", depth)
            return


def _set_resolution(options: SaneOptions, dpi: int, compromises: Compromises) -> None:
    names = [name for name in ("resolution", "x-resolution", "y-resolution") if options.get(name) is not None]
    for name in names:
        option = options.get(name)
        assert option is not None
        value = nearest(option.constraint, dpi)
        used = options.set(name, value)
        if round(float(used)) != dpi:
            compromises.add("resolution", dpi, round(float(used)))


def nearest(constraint: tuple[float, float, float] | Sequence[Value] | None, wanted: float) -> float:
    """The permitted value next above ``wanted``, else the largest."""
    if constraint is None:
        return wanted
    if isinstance(constraint, tuple):
        low, high, step = map(float, constraint)
        value = min(max(wanted, low), high)
        return min(high, low + -(-(value - low) // step) * step) if step else value
    numbers = sorted(float(value) for value in constraint)
    return next((value for value in numbers if value >= wanted), numbers[-1])


def _set_area(options: SaneOptions, wanted: ScanOptions, compromises: Compromises) -> None:
    for name, side in (("page-width", wanted.paper_mm[0]), ("page-height", wanted.paper_mm[1])):
        if (option := options.get(name)) is not None:
            options.set(name, _largest(option, _in_units(option, side, wanted.dpi)))
    for name in ("tl-x", "tl-y"):
        if (option := options.get(name)) is not None:
            options.set(name, _smallest(option))
    for name, setting, side in (("br-x", "width", wanted.paper_mm[0]), ("br-y", "height", wanted.paper_mm[1])):
        if (option := options.get(name)) is not None:
            length = _in_units(option, side, wanted.dpi)
            used = float(options.set(name, _largest(option, length)))
            if used < length * (1 - _SLACK):
                compromises.add(setting, f"{side:g} mm", f"{side * used / length:.0f} mm")


def _in_units(option: SaneOption, millimetres: float, dpi: int) -> float:
    return millimetres * dpi / _MM if option.unit == _PIXELS else millimetres


_PIXELS = 1
"""``SANE_UNIT_PIXEL``."""


def _largest(option: SaneOption, wanted: float) -> float:
    high = option.constraint[1] if isinstance(option.constraint, tuple) else max(_choices_of_numbers(option), default=0)
    return min(wanted, float(high)) if high else wanted


def _smallest(option: SaneOption) -> float:
    if isinstance(option.constraint, tuple):
        return float(option.constraint[0])
    return min(_choices_of_numbers(option), default=0.0)


def _choices(option: SaneOption | None) -> list[str]:
    if option is None or option.constraint is None or isinstance(option.constraint, tuple):
        return []
    return [str(value) for value in option.constraint]


def _choices_of_numbers(option: SaneOption | None) -> list[float]:
    return [float(value) for value in _choices(option)]
