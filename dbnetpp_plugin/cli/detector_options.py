"""The options that name a detector."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .argument_types import positive

if TYPE_CHECKING:
    from dbnetpp_plugin.pipelines.detector import ImageDetector

DEFAULT = 'default: see docs/model_zoo.md'


@dataclass(frozen=True)
class DetectorOptions:
    """Arguments of :class:`dbnetpp_plugin.apis.TextDetector`, or of :class:`dbnetpp_plugin.deploy.OnnxTextDetector`."""

    config: Path | None  # None for an ONNX file, which holds its own
    weights: str | Path
    device: str | None
    precision: str
    size: int | None
    max_size: int | None
    scales: tuple[float, ...]
    tile: int | None

    def settings(self) -> dict[str, str]:
        """What the results depend on."""
        from dbnetpp_plugin.bulk.content_hash import of_config, of_weights
        config = {}
        if self.config is not None:
            from dbnetpp_plugin.config import load_config
            config = {'config': of_config(load_config(self.config))}
        return {**config, 'weights': of_weights(self.weights),
                'precision': self.precision, 'size': str(self.size), 'maximum size': str(self.max_size),
                'scales': ' '.join(map(str, self.scales)), 'tile': str(self.tile)}

    def build(self) -> 'ImageDetector':
        """Load the model."""
        if self.config is None:
            from dbnetpp_plugin.deploy.text_detector import OnnxTextDetector
            return OnnxTextDetector(self.weights, self.device, size=self.size, max_size=self.max_size,
                                    scales=self.scales, tile=self.tile)
        from dbnetpp_plugin.apis.text_detector import TextDetector
        return TextDetector(self.config, self.weights, self.device, precision=self.precision, size=self.size,
                            max_size=self.max_size, scales=self.scales, tile=self.tile)


def add_detector_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that :func:`chosen_detector` understands."""
    from dbnetpp_plugin.inference.precision import PRECISIONS
    parser.add_argument('--config', type=Path, help=f'config of the detector ({DEFAULT})')
    parser.add_argument('--weights', help='path or address of its checkpoint; or, without --config, an ONNX file of '
                        '`dbnetpp export`')
    parser.add_argument('--precision', choices=PRECISIONS, default='float32', help='of the networks; fewer bits are '
                        'faster where the device has instructions for them, and move outlines by fractions of a pixel')
    parser.add_argument('--size', type=positive, help='shorter side in pixels at which the detector looks at an image '
                        "(default: the config's); larger finds smaller text, and takes longer")
    parser.add_argument('--max-size', type=positive, help="most pixels of the longer side (default: the config's)")
    parser.add_argument('--scales', type=float, nargs='+', default=[1.0], metavar='S', help='sizes at which the '
                        'detector looks at each image, relative to --size (default: 1)')
    parser.add_argument('--tile', type=positive, help='side in pixels of the tiles in which larger images go through '
                        'the network, for very large ones (default: not divided)')


def chosen_detector(parser: argparse.ArgumentParser, args: argparse.Namespace,
                    for_reading: bool = False) -> DetectorOptions:
    """What the options of :func:`add_detector_options` and ``--device`` stand for.

    Args:
        parser: For errors.
        args: With the options.
        for_reading: Whether the detector that is used without options is the one in front of a recognizer, see
            :mod:`dbnetpp_plugin.inference.pretrained`.

    A config without weights, or weights other than an ONNX file without a config, end the program with exit code 2, as
    another precision than that of an ONNX file does.
    """
    from dbnetpp_plugin.deploy.names import is_onnx
    if (args.config is None) != (args.weights is None or is_onnx(args.weights)):
        parser.error('--config and --weights belong together: give both, or none for the default detector; '
                     'an ONNX file needs no config')
    if is_onnx(args.weights) and args.precision != 'float32':
        parser.error(f'an ONNX file has the precision that it was written with, got --precision {args.precision}')
    config, weights = (args.config, args.weights) if args.weights else _pretrained(for_reading)
    return DetectorOptions(config, weights, args.device, args.precision, args.size, args.max_size, tuple(args.scales),
                           args.tile)


def _pretrained(for_reading: bool) -> tuple[Path, str]:
    from dbnetpp_plugin.inference.pretrained import DETECTOR, READING_DETECTOR, pretrained_model
    return pretrained_model(READING_DETECTOR if for_reading else DETECTOR)
