#!/usr/bin/env python
"""Cut the words out of a detection data set, to train a recognizer of MMOCR on them. See docs/reading.md.

    python tools/crop_words.py --ann data/icdar2015/textdet_train.json --root data/icdar2015 --out data/icdar2015

makes textrecog_train.json and textrecog_imgs/train in the output folder. Words that are ignored, or have no
transcription, are left out. With --detections out/results.jsonl, of tools/detect.py, words are cut out as the detector
found them, so that the recognizer is trained on what it will be given.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmengine.logging import MMLogger

from dbnetpp_plugin.apis.crops import MAX_SIDE
from dbnetpp_plugin.apis.word_crops import write_word_crops


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--ann', type=Path, required=True, help='annotation file, such as textdet_train.json')
    parser.add_argument('--root', type=Path, required=True, help='folder that its image paths are relative to')
    parser.add_argument('--out', type=Path, required=True, help='folder to write to')
    parser.add_argument('--detections', type=Path, help='results.jsonl of which the outlines are taken')
    parser.add_argument('--max-side', type=int, default=MAX_SIDE,
                        help='scale larger words down to this height in pixels (default: %(default)s)')
    args = parser.parse_args(arguments)
    if args.max_side < 1:
        parser.error(f'--max-side is a positive number of pixels, got {args.max_side}')
    try:
        counts = write_word_crops(args.ann, args.root, args.out, args.max_side, args.detections)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')
    logger = MMLogger.get_current_instance()
    for message in counts.broken:
        logger.warning(message)
    logger.info(f'{args.out}: {counts}')


if __name__ == '__main__':
    main()
