#!/usr/bin/env python
"""Read text in images, however many: where it is, and what it says, of each as a line of JSON, and a picture of it.

    python tools/read.py photo.jpg
    python tools/read.py photos/ --config configs/dbnetpp_r18_td500.py --weights weights.pth --out-dir out \\
        --recognizer sar.py --recognizer-weights sar.pth

Without a config, the detector that comes with the package finds the text, and without a recognizer its own reads it.
What up to ten images say is printed, too. All else is as with tools/detect.py: interruptions, several processes,
exports, exit codes. See docs/detecting.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.apis import TextReader
from dbnetpp_plugin.apis.bulk import Engine
from dbnetpp_plugin.apis.bundled import RECOGNIZER, bundled_model
from dbnetpp_plugin.apis.command_line import bulk_parser, run_bulk
from dbnetpp_plugin.apis.detector_options import PACKAGE, add_detector, chosen_detector
from dbnetpp_plugin.apis.fingerprint import of_config, of_weights
from dbnetpp_plugin.apis.model_building import load_config


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    parser = bulk_parser(__doc__)
    add_detector(parser)
    parser.add_argument('--recognizer', help=f'config of the recognizer, or name of one of MMOCR ({PACKAGE})')
    parser.add_argument('--recognizer-weights', help='path or address of its checkpoint')
    args = parser.parse_args(arguments)
    detector = chosen_detector(parser, args)
    recognizer, recognizer_weights = _recognizer(parser, args)

    def settings() -> dict[str, str]:
        named = not Path(recognizer).is_file()
        return {**detector.settings(),
                'recognizer': recognizer if named else of_config(load_config(recognizer)),
                'recognizer weights': of_weights(recognizer_weights) if recognizer_weights else ''}

    def build() -> Engine:
        reader = TextReader(detector.build(), recognizer, recognizer_weights, args.device)
        return Engine(reader.detector.read, reader.stream)

    return run_bulk(parser, args, 'reading', settings, build)


def _recognizer(parser: argparse.ArgumentParser, args: argparse.Namespace) -> tuple[str, str | None]:
    """Config or name, and weights; a name has weights of its own."""
    if args.recognizer:
        return args.recognizer, args.recognizer_weights
    if args.recognizer_weights:
        parser.error('--recognizer-weights are those of a --recognizer, which is not given')
    config, weights = bundled_model(RECOGNIZER)
    return str(config), weights


if __name__ == '__main__':
    raise SystemExit(main())
