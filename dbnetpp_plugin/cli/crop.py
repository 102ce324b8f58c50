"""Cut words out of a detection data set, to train a recognizer on them.

    dbnetpp crop --ann data/icdar2015/textdet_train.json --root data/icdar2015 --out data/icdar2015

makes textrecog_train.json and textrecog_imgs/train in the output folder, for recognizers of MMOCR. Words that are
ignored, or have no transcription, are left out. With --detections out/results.jsonl, of `dbnetpp detect`, words are cut
out as the detector found them, so that the recognizer is trained on what it will be given. See docs/reading.md.
"""

import argparse
import logging
from pathlib import Path

NEEDS_OPENMMLAB = False
_logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the data set, the output folder, and how words are cut out."""
    from dbnetpp_plugin.reading.crops import MAX_SIDE
    parser.add_argument('--ann', type=Path, required=True, help='annotation file, such as textdet_train.json')
    parser.add_argument('--root', type=Path, required=True, help='folder that its image paths are relative to')
    parser.add_argument('--out', type=Path, required=True, help='folder to write to')
    parser.add_argument('--detections', type=Path, help='results.jsonl of which the outlines are taken')
    parser.add_argument('--max-side', type=int, default=MAX_SIDE,
                        help='scale larger words down to this height in pixels (default: %(default)s)')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Cut the words out, and say how many there are.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If the content of a file is not what it should be, or there is no word.
    """
    from dbnetpp_plugin.datasets.word_crops import write_word_crops
    if args.max_side < 1:
        parser.error(f'--max-side is a positive number of pixels, got {args.max_side}')
    counts = write_word_crops(args.ann, args.root, args.out, args.max_side, args.detections)
    for message in counts.broken:
        _logger.warning(message)
    _logger.info(f'{args.out}: {counts}')
