"""Turn the official download of a data set, or a data set of your own, into what the configs can read.

Examples:
    python tools/prepare_dataset.py icdar2015 --root downloads/icdar2015 --out data/icdar2015
    python tools/prepare_dataset.py custom --format labelme --images photos --out data/mine
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.datasets.preparers import PREPARERS, custom


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = make_parser()
    args = parser.parse_args(argv)
    try:
        args.run(args)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line; what it says is to be run is in ``args.run``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    datasets = parser.add_subparsers(dest='dataset', required=True, metavar='DATASET')
    for name, prepare in sorted(PREPARERS.items()):
        official = datasets.add_parser(name, help=f'see docs/datasets/{name}.md')
        official.add_argument('--root', type=Path, required=True, help='folder of the official download, unpacked')
        _add_out(official)
        official.set_defaults(run=lambda args, prepare=prepare: prepare(args.root, args.out))
    _add_custom(datasets.add_parser('custom', help='a data set of your own, see docs/datasets/custom.md'))
    return parser


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--out', type=Path, required=True, help='data root to make, as data_root in the configs')


def _add_custom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--format', choices=sorted(custom.FORMATS), required=True, help='of the annotations')
    parser.add_argument('--images', type=Path, required=True, help='folder of images')
    parser.add_argument(
        '--annotations', type=Path,
        help='annotation file (coco, paddleocr) or folder of annotation files (icdar, labelme); default: --images')
    parser.add_argument('--test-images', type=Path, help='folder of test images, if they are apart')
    parser.add_argument('--test-annotations', type=Path, help='of the test images; default: --test-images')
    parser.add_argument(
        '--test-share', type=float, default=0.2, help='otherwise, share of images drawn for testing, 0 for none')
    parser.add_argument('--seed', type=int, default=0, help='of the draw')
    parser.add_argument(
        '--exif', choices=('upright', 'stored'), default='upright',
        help='which way up photos with EXIF orientation were when their text was outlined, where nothing tells')
    _add_out(parser)
    parser.set_defaults(run=_prepare_custom)


def _prepare_custom(args: argparse.Namespace) -> None:
    if args.test_annotations and not args.test_images:
        raise ValueError('--test-annotations needs --test-images')
    custom.prepare(
        custom.Source(args.images, args.annotations),
        args.out,
        args.format,
        test=custom.Source(args.test_images, args.test_annotations) if args.test_images else None,
        test_share=args.test_share,
        seed=args.seed,
        upright=args.exif == 'upright')


if __name__ == '__main__':
    main()
