"""Find text in images: outlines and scores, and pictures of them.

    dbnetpp detect photo.jpg
    dbnetpp detect photos/ 'scans/**/*.png' --config configs/dbnetpp_r18_td500.py --weights weights.pth --out-dir out
    torchrun --nproc-per-node 4 -m dbnetpp detect @million.txt --config ... --weights ... --out-dir out --no-pictures

Each image becomes a line of JSON in results.jsonl. Without a config, PP-OCRv6 small is used.
If the program was interrupted, the same command continues. The exit code is 0 if all is done, 1 if some files could not
be read (they are named, and the others are done), 2 if nothing could be started, 3 if an error stopped the program half
way, and 130 if you interrupted it. See docs/detecting.md.
"""

import argparse

from .bulk_arguments import add_bulk_arguments
from .detector_options import add_detector_options, chosen_detector

NEEDS_OPENMMLAB = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the images, the options of the job, and the detector."""
    add_bulk_arguments(parser, with_text=False)
    add_detector_options(parser)


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Detect text in all images; exit code as of :func:`.bulk_run.run_bulk`."""
    from dbnetpp_plugin.bulk.job import Engine
    from dbnetpp_plugin.inference.pretrained import DETECTOR

    from .bulk_run import run_bulk
    chosen = chosen_detector(parser, args, DETECTOR)

    def build() -> Engine:
        detector = chosen.build()
        return Engine(detector.read, detector.stream)

    return run_bulk(parser, args, 'detecting', chosen.settings, build)
