"""The detector that a command line asks for."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from .bundled import DETECTOR, bundled_model
from .fingerprint import of_config, of_weights
from .model_building import load_config
from .network import PRECISIONS
from .text_detector import TextDetector

PACKAGE = 'default: the one that comes with the package'


@dataclass(frozen=True)
class DetectorOptions:
    """Arguments of :class:`.text_detector.TextDetector`."""

    config: Path
    weights: str | Path
    device: str | None
    precision: str
    scales: tuple[float, ...]

    def settings(self) -> dict[str, str]:
        """What the results depend on."""
        return {'config': of_config(load_config(self.config)), 'weights': of_weights(self.weights),
                'precision': self.precision, 'scales': ' '.join(map(str, self.scales))}

    def build(self) -> TextDetector:
        """Load the model."""
        return TextDetector(self.config, self.weights, self.device, precision=self.precision, scales=self.scales)


def add_detector(parser: argparse.ArgumentParser) -> None:
    """Options that :func:`chosen_detector` understands."""
    parser.add_argument('--config', type=Path, help=f'config of the detector ({PACKAGE})')
    parser.add_argument('--weights', help='path or address of its checkpoint')
    parser.add_argument('--precision', choices=PRECISIONS, default='float32', help='of the detector; fewer bits are '
                        'faster where the device has instructions for them, and move outlines by fractions of a pixel')
    parser.add_argument('--scales', type=float, nargs='+', default=[1.0], metavar='S', help='sizes at which the '
                        "detector looks at each image, relative to the config's (default: 1)")


def chosen_detector(parser: argparse.ArgumentParser, args: argparse.Namespace) -> DetectorOptions:
    """What the options of :func:`add_detector` and ``--device`` stand for.

    A config without weights, or the other way round, ends the program.
    """
    if (args.config is None) != (args.weights is None):
        parser.error('--config and --weights belong together: give both, or none for the detector of the package')
    config, weights = (args.config, args.weights) if args.config else bundled_model(DETECTOR)
    return DetectorOptions(config, weights, args.device, args.precision, tuple(args.scales))
