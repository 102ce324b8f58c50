"""A page about an exported file, for whoever gets it."""

from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.deploy.settings import STRIDE, DetectorSettings, RecognizerSettings
from dbnetpp_plugin.files import write_file
from dbnetpp_plugin.version import __version__

Colours = tuple[list[float], list[float]]  # mean and standard deviation


def card_beside(out: Path, text: str) -> None:
    """Write the card of a file beside it, with the ending ``.md``."""
    write_file(text.encode(), out.with_suffix('.md'))


def detector_card(name: str, settings: DetectorSettings, colours: Colours, float16: bool) -> str:
    """Markdown about a detector.

    Args:
        name: Of the file.
        settings: In the file.
        colours: By which it normalises.
        float16: Whether it computes in half precision.
    """
    size = (f'H and W are multiples of {STRIDE}' if settings.size is None
            else f'H = {settings.size[0]}, W = {settings.size[1]}')
    resizing = ('fits into H x W, with its own ratio of width to height' if settings.size is not None else
                f'has a shorter side of {min(settings.scale)} pixels, and a longer one of {max(settings.scale)} at most'
                if settings.keep_ratio else f'has {settings.scale[0]} x {settings.scale[1]} pixels')
    found = settings.postprocessor
    return '\n'.join([
        *_head(name, 'Text detection: the probability of text at each pixel.'),
        *_ends([('input', 'images', f'float32, (N, 3, H, W): BGR from 0 to 255; {size}'),
                ('output', 'maps', 'float32, (N, H, W): probability of shrunk text, in [0, 1]')]),
        '## Preparing an image',
        f'- Resize it, bilinearly, so that it {resizing}.',
        f'- Pad it on the right and at the bottom, with the colour {_numbers(settings.padding)} (BGR).',
        f'- {_turning(settings.upright)}',
        *_normalisation(colours, float16), '',
        '## Finding text in a map',
        f'- Pixels above {found["mask_thr"]} are text. Each connected region is a candidate.',
        f'- Its outline is simplified to within {found["epsilon_ratio"]} of its length. Its score is the mean of the '
        f'map inside, and {found["min_text_score"]} or more is kept.',
        f'- It is grown by `A r / L` for its area A, its length L and r = {found["unclip_ratio"]}.',
        f'- The result is {_result(found["text_repr_type"])}. Those narrower than {found["min_text_width"]} pixels of '
        'the map are dropped.', '',
        *_weights(settings)])


def recognizer_card(name: str, settings: RecognizerSettings, colours: Colours, float16: bool) -> str:
    """Markdown about a recognizer; arguments as of :func:`detector_card`."""
    channels, colour = (1, 'grey') if settings.grey else (3, 'BGR')
    height = -(-settings.height // settings.divisor) * settings.divisor
    width = (f'W is a multiple of {max(settings.divisor, settings.width_divisor)}' if settings.size is None
             else f'W = {settings.size[1]}')
    limits = [f'{what} {value}' for what, value in (('at least', settings.min_width), ('at most', settings.max_width))
              if value is not None]
    return '\n'.join([
        *_head(name, 'Text recognition: a line or a word of text, read by CTC.'),
        *_ends([('input', 'images', f'float32, (N, {channels}, {height}, W): {colour} from 0 to 255; {width}'),
                ('output', 'probabilities',
                 f'float32, (N, T, {len(settings.symbols)}): of each class in each column')]),
        '## Preparing a crop',
        f'- Resize it, bilinearly, to a height of {settings.height} pixels with its own ratio of width to height'
        + (f'; the width is {" and ".join(limits)} pixels.' if limits else '.'),
        f'- Pad it on the right, with the colour {_numbers(settings.padding)} ({colour}).',
        *_normalisation(colours, float16), '',
        '## Reading the columns',
        '- Take the most probable class of each column that is not padding; the same class in neighbouring columns is '
        'one.',
        f'- Class {settings.blank} is the blank, and is dropped. The symbols of the others, in their order, are in the '
        'metadata of the file.',
        '- The score of a text is the mean over its characters of the probability in the first column of each.', '',
        *_weights(settings)])


def _head(name: str, what: str) -> list[str]:
    return [f'# {name}', '', f'{what} Written by dbnetpp_plugin {__version__}, which also runs it.', '']


def _ends(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    return ['| | name | type, shape and meaning |', '| --- | --- | --- |',
            *(f'| {kind} | `{name}` | {text} |' for kind, name, text in rows), '']


def _normalisation(colours: Colours, float16: bool) -> list[str]:
    mean, std = colours
    layers = ('Weights and layers are float16; input and output are float32.' if float16
              else 'Weights and layers are float32.')
    return [f'- Do not normalise: the file subtracts the mean {_numbers(mean)} and divides by {_numbers(std)}, in the '
            'channel order of the input.', f'- {layers} The file needs operators of ONNX alone (opset 18).']


def _weights(settings: DetectorSettings | RecognizerSettings) -> list[str]:
    return ['## Weights', f'- Origin: {settings.origin}', f'- Licence: {settings.licence}', '']


def _turning(upright: bool) -> str:
    return ('Files are turned as their EXIF data ask.' if upright
            else 'Files are taken as they are stored; what their EXIF data say about turning is ignored.')


def _result(shape: str) -> str:
    return 'the smallest rectangle around it' if shape == 'quad' else 'the grown outline'


def _numbers(values: Sequence[float]) -> str:
    return ', '.join(f'{value:g}' for value in values)
