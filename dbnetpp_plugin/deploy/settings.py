"""What an ONNX file holds beside the network, as data: how images are prepared, and what is made of the output.

It is JSON in the file's metadata.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

KEY = 'dbnetpp_plugin'  # in the file's metadata
FORMAT = 2
INPUT = 'images'
STRIDE = 32  # what sides of images of detectors are multiples of

_Check = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _list_of(check: _Check, counts: tuple[int, ...]) -> _Check:
    return lambda value: isinstance(value, list | tuple) and len(value) in counts and all(map(check, value))


def _or_none(check: _Check) -> _Check:
    return lambda value: value is None or check(value)


_PAIR = _list_of(_is_length, (2,))
_COLOUR = _list_of(_is_number, (1, 3))
_POSTPROCESSOR = {'text_repr_type': lambda value: value in ('quad', 'poly'), 'mask_thr': _is_number,
                  'min_text_score': _is_number, 'min_text_width': _is_number, 'unclip_ratio': _is_number,
                  'epsilon_ratio': _is_number, 'max_candidates': _is_length}


def _is_postprocessor(value: Any) -> bool:
    return (isinstance(value, dict) and value.keys() == _POSTPROCESSOR.keys()
            and all(check(value[name]) for name, check in _POSTPROCESSOR.items()))


def _are_symbols(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and all(map(_is_text, value))


@dataclass(frozen=True)
class DetectorSettings:
    """Of an exported detector.

    Raises:
        ValueError: If a value is none that the setting can have.
    """

    NAME: ClassVar[str] = 'a detector'
    OUTPUT: ClassVar[str] = 'maps'

    scale: tuple[int, int]
    """The longest sides that a resized image may have, in pixels; without ``keep_ratio`` its width and height."""
    keep_ratio: bool
    size: tuple[int, int] | None
    """Height and width of a network that takes no other, in which images are fitted; None for any size."""
    upright: bool
    """Whether files are turned as their EXIF data ask."""
    to_float32: bool
    """Whether pixels become float32 before they are resized."""
    padding: tuple[float, ...]
    """Colour of what is added to an image to make its sides multiples of 32, BGR."""
    postprocessor: dict[str, Any]
    """Arguments of :func:`dbnetpp_plugin.geometry.contours.text_regions`."""
    origin: str
    """Where the weights are from."""
    licence: str
    """Of the weights."""

    def __post_init__(self) -> None:
        _check(self, {'scale': _PAIR, 'keep_ratio': _is_flag, 'size': _or_none(_PAIR), 'upright': _is_flag,
                      'to_float32': _is_flag, 'padding': _list_of(_is_number, (3,)),
                      'postprocessor': _is_postprocessor, 'origin': _is_text, 'licence': _is_text})


@dataclass(frozen=True)
class RecognizerSettings:
    """Of an exported recognizer with CTC.

    Raises:
        ValueError: If a value is none that the setting can have.
    """

    NAME: ClassVar[str] = 'a recognizer'
    OUTPUT: ClassVar[str] = 'probabilities'

    height: int
    """To which crops are resized, in pixels."""
    min_width: int | None
    """Least width of a resized crop."""
    max_width: int | None
    """Most of it."""
    width_divisor: int
    """Of which widths are rounded to a multiple."""
    size: tuple[int, int] | None
    """Height and width of a network that takes no other; None for any width."""
    divisor: int
    """Of which height and width are made multiples by padding."""
    grey: bool
    """Whether crops become grey."""
    to_float32: bool
    """Whether pixels become float32 before they are resized."""
    padding: tuple[float, ...]
    """Colour of what is added, BGR or grey."""
    symbols: tuple[str, ...]
    """Of the classes."""
    blank: int
    """Class that stands for no character."""
    origin: str
    """Where the weights are from."""
    licence: str
    """Of the weights."""

    def __post_init__(self) -> None:
        _check(self, {'height': _is_length, 'min_width': _or_none(_is_length), 'max_width': _or_none(_is_length),
                      'width_divisor': _is_length, 'size': _or_none(_PAIR), 'divisor': _is_length, 'grey': _is_flag,
                      'to_float32': _is_flag, 'padding': _COLOUR, 'symbols': _are_symbols,
                      'blank': lambda value: value in range(len(self.symbols)), 'origin': _is_text,
                      'licence': _is_text})


Settings = TypeVar('Settings', DetectorSettings, RecognizerSettings)


def to_text(settings: DetectorSettings | RecognizerSettings) -> str:
    """The settings as JSON."""
    return json.dumps({'format': FORMAT, 'kind': settings.NAME, **asdict(settings)}, allow_nan=False)


def from_text(text: str, name: str | Path, kind: type[Settings]) -> Settings:
    """What :func:`to_text` was given.

    Args:
        text: From the metadata.
        name: Of the file, for the error.
        kind: What it should be.

    Raises:
        ValueError: If it is no such text, of another version of the format, or of another kind.
    """
    try:
        values = json.loads(text)
        version, found = values.pop('format'), values.pop('kind')
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise ValueError(f'the settings in {name} are damaged, or of another version of dbnetpp_plugin: export the '
                         'file again') from error
    if version != FORMAT:
        raise ValueError(f'the settings in {name} are of version {version}, and this dbnetpp_plugin reads version '
                         f'{FORMAT}: export the file again')
    if found != kind.NAME:
        raise ValueError(f'{name} holds {found}, where {kind.NAME} is needed')
    try:
        arguments: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value
                                     for key, value in values.items()}
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f'the settings in {name} are damaged: {error}') from error


def _check(settings: DetectorSettings | RecognizerSettings, checks: dict[str, _Check]) -> None:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if not checks[field.name](value):
            raise ValueError(f'{field.name} of {settings.NAME} is {str(value)[:60]!r}')
