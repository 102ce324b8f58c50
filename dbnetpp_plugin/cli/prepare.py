"""Turn a data set, a public one or your own, into what the configs read.

    dbnetpp prepare icdar2015 --root downloads/icdar2015 --out data/icdar2015
    dbnetpp prepare custom --format labelme --images photos --out data/mine

A public data set is prepared from its official download; docs/datasets says where to find it.
"""

import argparse
from pathlib import Path

NEEDS_OPENMMLAB = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a subcommand per data set, which stores a function for :func:`run` in ``prepare``."""
    from dbnetpp_plugin.datasets.preparers import PREPARERS
    datasets = parser.add_subparsers(dest='dataset', required=True, metavar='DATASET')
    for name, prepare in sorted(PREPARERS.items()):
        official = datasets.add_parser(name, help=f'see docs/datasets/{name}.md')
        official.add_argument('--root', type=Path, required=True, help='folder of the official download, unpacked')
        _add_out(official)
        official.set_defaults(prepare=lambda args, prepare=prepare: prepare(args.root, args.out))
    _add_custom(datasets.add_parser('custom', help='a data set of your own, see docs/datasets/custom.md'))


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Prepare the data set.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If the content of a file is not what it should be.
    """
    args.prepare(args)


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--out', type=Path, required=True, help='data root to make, as data_root in the configs')


def _add_custom(parser: argparse.ArgumentParser) -> None:
    from dbnetpp_plugin.datasets.preparers.custom import FORMATS
    parser.add_argument('--format', choices=sorted(FORMATS), required=True, help='of the annotations')
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
    parser.add_argument(
        '--points', type=_points,
        help='of an outline in --format icdar: a number, or any; default: 4, and what may be more is refused')
    _add_out(parser)
    parser.set_defaults(prepare=_prepare_custom)


def _points(value: str) -> int | str:
    """A number of points, or ``any``."""
    if value == 'any':
        return value
    if not value.isdecimal() or int(value) < 3:
        raise argparse.ArgumentTypeError(f'expected a number from 3, or any, got {value!r}')
    return int(value)


def _prepare_custom(args: argparse.Namespace) -> None:
    from dbnetpp_plugin.datasets.preparers import custom
    if args.test_annotations and not args.test_images:
        raise ValueError('--test-annotations needs --test-images')
    if args.points and args.format != 'icdar':
        raise ValueError(f'--points is for --format icdar; {args.format} says itself where an outline ends')
    custom.prepare(
        custom.Source(args.images, args.annotations),
        args.out,
        args.format,
        test=custom.Source(args.test_images, args.test_annotations) if args.test_images else None,
        test_share=args.test_share,
        seed=args.seed,
        upright=args.exif == 'upright',
        points=args.points)
