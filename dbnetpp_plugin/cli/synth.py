"""Write a synthetic data set: words on photographs, with outlines and transcriptions.

    dbnetpp synth --out data/synth --train 300 --test 60 --seed 0
    dbnetpp synth --out data/synth_lines --rich --level line --characters chinese --fonts fonts/noto
"""

import argparse
import os
from pathlib import Path

NEEDS_OPENMMLAB = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is written, how much of it, and where."""
    from dbnetpp_plugin.datasets.synth.page import LEVELS
    parser.add_argument('--out', type=Path, required=True, help='data root to make, as data_root in the configs')
    parser.add_argument('--train', type=int, default=300, help='number of training images (default: 300)')
    parser.add_argument('--test', type=int, default=60, help='number of test images (default: 60)')
    parser.add_argument('--seed', type=int, default=0, help='the same seed gives the same images (default: 0)')
    parser.add_argument('--size', type=int, nargs=2, default=(640, 480), metavar=('W', 'H'),
                        help='of the images, in pixels (default: 640 480)')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='processes (default: one per core)')
    parser.add_argument('--rich', action='store_true',
                        help='as varied and as hard to read as RandomSynthText (default: clear words on clear pages)')
    parser.add_argument('--level', choices=LEVELS, default='word', help='what is annotated (default: word)')
    parser.add_argument('--words', type=Path,
                        help='file of words to write, one per line (default: common English ones)')
    parser.add_argument('--characters', help='characters of another script to write too, or: chinese; only with --rich')
    parser.add_argument('--fonts', type=Path, help="folder of .ttf, .otf and .ttc fonts (default: Matplotlib's)")
    parser.add_argument('--backgrounds', type=Path,
                        help="folder of photographs without text; one in five is kept for the test images "
                             "(default: scikit-image's)")


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Write both splits.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If sizes, seed, characters, fonts or photographs are none that can be used.
    """
    from dbnetpp_plugin.datasets.synth import (
        PLAIN,
        RICH,
        SPLITS,
        PageSource,
        find_fonts,
        find_photographs,
        make_vocabulary,
        write_synthetic_split,
    )
    if args.characters and not args.rich:
        parser.error('--characters needs --rich: plain pages are written in one script')
    fonts, photographs = find_fonts(args.fonts), find_photographs(args.backgrounds)
    vocabulary = make_vocabulary(args.fonts, args.words, args.characters)
    for split in SPLITS:
        source = PageSource(split, args.seed, tuple(args.size), fonts, photographs[split],
                            RICH if args.rich else PLAIN, args.level, vocabulary)
        write_synthetic_split(args.out, source, getattr(args, split), args.workers)
