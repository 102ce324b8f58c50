"""Write a synthetic text detection data set: words on photographs, with outlines and transcriptions.

Example:
    python tools/synth_text.py --out data/synth --train 300 --test 60 --seed 0
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.datasets.synth import SPLITS, PageSource, find_fonts, find_photographs, write_synthetic_split


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', type=Path, required=True, help='data root to make, as data_root in the configs')
    parser.add_argument('--train', type=int, default=300, help='number of training images (default: 300)')
    parser.add_argument('--test', type=int, default=60, help='number of test images (default: 60)')
    parser.add_argument('--seed', type=int, default=0, help='the same seed gives the same images (default: 0)')
    parser.add_argument('--size', type=int, nargs=2, default=(640, 480), metavar=('W', 'H'),
                        help='of the images, in pixels (default: 640 480)')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='processes (default: one a core)')
    parser.add_argument('--fonts', type=Path, help="folder of .ttf and .otf fonts (default: Matplotlib's)")
    parser.add_argument('--backgrounds', type=Path,
                        help="folder of photographs without text; one in five is kept for the test images "
                             "(default: scikit-image's)")
    args = parser.parse_args(argv)
    try:
        fonts, photographs = find_fonts(args.fonts), find_photographs(args.backgrounds)
        for split in SPLITS:
            source = PageSource(split, args.seed, tuple(args.size), fonts, photographs[split])
            write_synthetic_split(args.out, source, getattr(args, split), args.workers)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


if __name__ == '__main__':
    main()
