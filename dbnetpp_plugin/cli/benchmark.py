"""Compare the speed of MMOCR's DBNet++ with this project's, as JSON.

    dbnetpp benchmark data --data-root data/icdar2015
    dbnetpp benchmark targets downloads --number 100
    dbnetpp benchmark postprocess --out postprocess.json
    dbnetpp benchmark metric
    dbnetpp benchmark train --data-root data/icdar2015 --device cuda --batch-size 16 --size 640 --workers 8
    dbnetpp benchmark step --data-root data/icdar2015 --model pplcnetv4s --size 512
    dbnetpp benchmark inference photos/
    dbnetpp benchmark deformable
    dbnetpp benchmark table --data-root data/icdar2015 --downloads downloads --images photos/

All but `step` and `inference` run on one thread. docs/benchmarks.md says what each measures.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from .argument_types import positive

NEEDS_OPENMMLAB = True
# Read when the libraries of NumPy and PyTorch are loaded, so set before they are.
ENVIRONMENT = {'OMP_NUM_THREADS': '1'}
STRIDE = 32  # image sizes for training are multiples of it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a subcommand per benchmark, with the arguments of the ``run`` of its module."""
    benchmarks = parser.add_subparsers(dest='benchmark', required=True, metavar='BENCHMARK')
    for name, add in ARGUMENTS.items():
        subparser = benchmarks.add_parser(name, help=add.__doc__, description=add.__doc__)
        add(subparser)
        subparser.add_argument('--out', type=Path, help='JSON file for the figures (default: standard output)')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Measure, and write the figures with what they depend on.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If data or device are not what they should be.
    """
    from mmengine.registry import DefaultScope

    from dbnetpp_plugin.benchmarks.timing import environment, use_one_thread
    from dbnetpp_plugin.memory import keep_freed_memory
    options = dict(vars(args))
    name, out = options.pop('benchmark'), options.pop('out')
    benchmark = importlib.import_module(f'dbnetpp_plugin.benchmarks.{name}')
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
    use_one_thread()
    keep_freed_memory()
    with DefaultScope.overwrite_default_scope('mmocr'):
        figures = benchmark.run(**options)
    lines = figures.pop('lines', ())
    sys.stdout.writelines(f'{line}\n' for line in lines)
    report = json.dumps({'benchmark': name, **figures, **environment()}, indent=2) + '\n'
    if out:
        out.write_text(report, encoding='utf-8')
    elif not lines:
        sys.stdout.write(report)


def _data(parser: argparse.ArgumentParser) -> None:
    """Time of one training sample, from the file to the label maps: MMOCR's DBNet++ pipeline and this project's."""
    _add_annotations(parser)
    parser.add_argument('--number', type=positive, default=100, help='images (default: %(default)s)')
    _add_repeats(parser, 3, 'how often each is drawn')
    _add_seed(parser, 'of all random numbers')
    parser.add_argument('--config', type=Path, help="whose train pipeline is compared with MMOCR's (default: "
                        'dbnetpp_r50_dcnv2_ic15)')
    parser.add_argument('--loader', action='store_true', help='also time a data loader with one worker')


def _targets(parser: argparse.ArgumentParser) -> None:
    """Time from text polygons to label maps: MMOCR's DBModuleLoss.get_targets and this project's label maps."""
    parser.add_argument('data', type=Path, metavar='DATA', help='folder of the official downloads of ICDAR 2015, '
                        'Total-Text and CTW1500, or some of them')
    parser.add_argument('--number', type=positive, default=100, help='images of each data set (default: %(default)s)')
    _add_repeats(parser, 3)


def _postprocess(parser: argparse.ArgumentParser) -> None:
    """Time from a probability map to text regions: MMOCR's DBPostprocessor and this project's."""
    _add_repeats(parser, 30)
    _add_seed(parser, 'of the pages')


def _metric(parser: argparse.ArgumentParser) -> None:
    """Time to evaluate an image: MMOCR's HmeanIOUMetric and this project's."""
    parser.add_argument('--sizes', type=positive, nargs='+', default=(5, 20, 200), metavar='N',
                        help='ground truths, and as many predictions, in an image (default: 5 20 200)')
    _add_repeats(parser, 5, 'images of each size; ten times as many up to size 20')
    _add_seed(parser, 'of the images')


def _train(parser: argparse.ArgumentParser) -> None:
    """Images per second in training: label maps made by the data workers, made in the loss, and MMOCR's DBNet."""
    _add_annotations(parser)
    parser.add_argument('--model', choices=('r18', 'r50_dcnv2'), default='r18',
                        help='DBNet with ResNet-18, or DBNet++ with ResNet-50 and DCNv2 (default: %(default)s)')
    parser.add_argument('--batch-size', type=positive, default=4, help='images per step (default: %(default)s)')
    parser.add_argument('--size', type=_side, default=320, help='width and height of them (default: %(default)s)')
    parser.add_argument('--steps', type=positive, default=10, help='steps timed (default: %(default)s)')
    parser.add_argument('--workers', type=int, default=1, help='data workers; 0: none (default: %(default)s)')
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu', help='default: %(default)s')
    parser.add_argument('--amp', action='store_true', help='train in mixed precision')


def _step(parser: argparse.ArgumentParser) -> None:
    """Where the time of a training step on a CPU goes, by precision and memory format."""
    _add_annotations(parser)
    parser.add_argument('--model', choices=('r18', 'pplcnetv4s'), default='r18',
                        help='DBNet with ResNet-18 or PP-OCRv6 small (default: %(default)s)')
    parser.add_argument('--batch-size', type=positive, default=8, help='images per step (default: %(default)s)')
    parser.add_argument('--size', type=_side, default=640, help='width and height of them (default: %(default)s)')
    parser.add_argument('--steps', type=positive, default=5, help='steps timed (default: %(default)s)')
    parser.add_argument('--threads', type=positive, default=2, help='of PyTorch (default: %(default)s)')


def _inference(parser: argparse.ArgumentParser) -> None:
    """Images per second from files to text outlines: MMOCR's inferencers and TextDetector, with the same weights."""
    parser.add_argument('images', nargs='+', help='files, folders or patterns')
    parser.add_argument('--weights', type=Path,
                        help="checkpoint of MMOCR's DBNet++ with ResNet-50 (default: random, fitted to the images)")
    parser.add_argument('--scale', type=positive, nargs=2, default=(1280, 736), metavar=('LONG', 'SHORT'),
                        help='most pixels of the longer and the shorter side, multiples of 32 (default: 1280 736)')
    parser.add_argument('--device', default='cpu', help='default: %(default)s')
    parser.add_argument('--threads', type=positive, default=2, help='of PyTorch (default: %(default)s)')
    _add_repeats(parser, 3, 'rounds that are timed')


def _deformable(parser: argparse.ArgumentParser) -> None:
    """Time of a modulated deformable convolution on a CPU: torchvision's operator and this project's."""
    _add_repeats(parser, 5)
    _add_seed(parser, 'of the input')


def _table(parser: argparse.ArgumentParser) -> None:
    """All comparisons in one go, as a table in Markdown; --out writes the figures."""
    parser.add_argument('--data-root', type=Path, required=True, help='ICDAR 2015 as `dbnetpp prepare` makes it')
    parser.add_argument('--downloads', type=Path, required=True, help='as the argument of `targets`')
    parser.add_argument('--images', nargs='+', required=True, help='files, folders or patterns, for `inference`')


# By name of the module in dbnetpp_plugin.benchmarks.
ARGUMENTS = {'data': _data, 'targets': _targets, 'postprocess': _postprocess, 'metric': _metric, 'train': _train,
             'step': _step, 'inference': _inference, 'deformable': _deformable, 'table': _table}


def _add_annotations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('ann_file', type=Path, nargs='?', metavar='ANN_FILE', help="MMOCR's annotation file for text "
                        'detection (default: textdet_train.json in the data root)')
    parser.add_argument('--data-root', type=Path, help='what its image paths are relative to (default: its folder, or '
                        'data/icdar2015 without one)')


def _add_repeats(parser: argparse.ArgumentParser, default: int, what: str = 'how often each is timed') -> None:
    parser.add_argument('--repeats', type=positive, default=default, help=f'{what} (default: %(default)s)')


def _add_seed(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument('--seed', type=int, default=0, help=f'{what} (default: %(default)s)')


def _side(text: str) -> int:
    number = positive(text)
    if number % STRIDE:
        raise argparse.ArgumentTypeError(f'{number} is not a multiple of {STRIDE}')
    return number
