#!/usr/bin/env python
"""Detect text in images, however many: outlines and scores of each as a line of JSON, and a picture of what was found.

    python tools/detect.py photo.jpg
    python tools/detect.py photos/ 'scans/**/*.png' --config configs/dbnetpp_r18_td500.py --weights weights.pth \\
        --out-dir out
    torchrun --nproc-per-node 4 tools/detect.py @million.txt --config ... --weights ... --out-dir out --no-pictures

Without a config, the detector that comes with the package does it.
The same command goes on where an earlier run was interrupted. The exit code is 1 if a file could not be read (it is
named, and the others are done), 2 if nothing could be started, 3 if an error stopped it half way, and 130 if you
interrupted it. See docs/detecting.md.
"""

from collections.abc import Sequence

from dbnetpp_plugin.apis.bulk import Engine
from dbnetpp_plugin.apis.command_line import bulk_parser, run_bulk
from dbnetpp_plugin.apis.detector_options import add_detector, chosen_detector


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    parser = bulk_parser(__doc__)
    add_detector(parser)
    args = parser.parse_args(arguments)
    chosen = chosen_detector(parser, args)

    def build() -> Engine:
        detector = chosen.build()
        return Engine(detector.read, detector.stream)

    return run_bulk(parser, args, 'detecting', chosen.settings, build)


if __name__ == '__main__':
    raise SystemExit(main())
