"""The detector that a command line asks for."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from dbnetpp_plugin.deploy import is_onnx

from .bundled import DETECTOR, bundled_model
from .fingerprint import of_config, of_weights
from .model_building import load_config
from .network import PRECISIONS
from .text_detector import TextDetector

PACKAGE = 'default: the one that comes with the package'


@dataclass(frozen=True)
class DetectorOptions:
    """Arguments of :class:`.text_detector.TextDetector`."""

    config: Path | None  # None for an ONNX file, which holds its own
    weights: str | Path
    device: str | None
    precision: str
    scales: tuple[float, ...]

    def settings(self) -> dict[str, str]:
        """What the results depend on."""
        config = {} if self.config is None else {'config': of_config(load_config(self.config))}
        return {**config, 'weights': of_weights(self.weights),
                'precision': self.precision, 'scales': ' '.join(map(str, self.scales))}

    def build(self) -> TextDetector:
        """Load the model."""
        return TextDetector(self.config, self.weights, self.device, precision=self.precision, scales=self.scales)


def add_detector(parser: argparse.ArgumentParser) -> None:
    """Options that :func:`chosen_detector` understands."""
    parser.add_argument('--config', type=Path, help=f'config of the detector ({PACKAGE})')
    parser.add_argument('--weights', help='path or address of its checkpoint; or, without --config, an '
                        'ONNX file of tools/export_onnx.py')
    parser.add_argument('--precision', choices=PRECISIONS, default='float32', help='of the detector; fewer bits are '
                        'faster where the device has instructions for them, and move outlines by fractions of a pixel')
    parser.add_argument('--scales', type=float, nargs='+', default=[1.0], metavar='S', help='sizes at which the '
                        "detector looks at each image, relative to the config's (default: 1)")


def chosen_detector(parser: argparse.ArgumentParser, args: argparse.Namespace) -> DetectorOptions:
    """What the options of :func:`add_detector` and ``--device`` stand for.

    A config without weights, or weights other than an ONNX file without a config, end the program.
    """
    if (args.config is None) != (args.weights is None or is_onnx(args.weights)):
        parser.error('--config and --weights belong together: give both, or none for the detector of the package; '
                     'an ONNX file needs no config')
    config, weights = (args.config, args.weights) if args.weights else bundled_model(DETECTOR)
    return DetectorOptions(config, weights, args.device, args.precision, tuple(args.scales))
