"""Find text in images and recognize what it says.

    dbnetpp read photo.jpg
    dbnetpp read scans/ --words --orientation auto --format txt hocr --out-dir out
    dbnetpp read photos/ --config configs/dbnetpp_r18_td500.py --weights weights.pth --out-dir out \\
        --recognizer sar.py --recognizer-weights sar.pth
    dbnetpp read photos/ --weights detector.onnx --recognizer-weights recognizer.onnx

Without options PP-OCRv6 small finds lines of text and reads them: Latin, Chinese, Japanese and digits. What up to ten
images say is also printed. Two ONNX files of `dbnetpp export` need neither configs nor PyTorch. Everything else is as
with `dbnetpp detect`: interruptions, several processes, formats, exit codes. See docs/reading.md.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .argument_types import score
from .bulk_arguments import add_bulk_arguments, check_packages
from .detector_options import DEFAULT, add_detector_options, chosen_detector

if TYPE_CHECKING:
    from dbnetpp_plugin.pipelines.reader import PageReader


def NEEDS_OPENMMLAB(args: argparse.Namespace) -> bool:
    """Whether the detector or the recognizer runs in PyTorch."""
    from dbnetpp_plugin.deploy.names import is_onnx
    return not (is_onnx(args.weights) and is_onnx(args.recognizer_weights))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the images, the options of the job, the detector and the recognizer."""
    from dbnetpp_plugin.reading.settings import MIN_SCORE, ORIENTATIONS, UPRIGHT

    add_bulk_arguments(parser, with_text=True)
    add_detector_options(parser)
    parser.add_argument('--recognizer', help='config of the recognizer, or name of one of MMOCR '
                        f'({DEFAULT})')
    parser.add_argument('--recognizer-weights', help='path or address of its checkpoint; or, without --recognizer, '
                        'an ONNX file of `dbnetpp export`')
    parser.add_argument('--text-score-thr', type=score, default=MIN_SCORE, help='lowest score of what was read that is '
                        'kept, the mean over its characters (default: %(default)s)')
    parser.add_argument('--words', action='store_true', help='divide lines into words, each with its own outline')
    parser.add_argument('--orientation', choices=ORIENTATIONS, default=UPRIGHT,
                        help='auto: find out how each page is turned, by 0, 90, 180 or 270 degrees, '
                        'and read single lines upside down where that is better')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Read the text of all images; exit code as of :func:`.bulk_run.run_bulk`."""
    check_packages(parser)
    from dbnetpp_plugin.bulk.content_hash import of_config, of_weights
    from dbnetpp_plugin.bulk.job import Engine

    from .bulk_run import run_bulk
    detector = chosen_detector(parser, args, for_reading=True)
    recognizer, recognizer_weights = _recognizer(parser, args)

    def settings() -> dict[str, str]:
        name = recognizer or ''
        if Path(name).is_file():
            from dbnetpp_plugin.config import load_config
            name = of_config(load_config(name))
        return {**detector.settings(), 'recognizer': name,
                'recognizer weights': of_weights(recognizer_weights) if recognizer_weights else '',
                'words': str(args.words), 'orientation': args.orientation,
                'lowest text score': str(args.text_score_thr)}

    def build() -> Engine:
        options = dict(words=args.words, orientation=args.orientation, min_score=args.text_score_thr)
        reader: PageReader
        if recognizer is None:
            from dbnetpp_plugin.deploy.text_reader import OnnxTextReader
            reader = OnnxTextReader(detector.build(), str(recognizer_weights), args.device, **options)
        else:
            from dbnetpp_plugin.apis.text_reader import TextReader
            reader = TextReader(detector.build(), recognizer, recognizer_weights, args.device,
                                precision=args.precision, **options)
        return Engine(reader.read, reader.stream)

    return run_bulk(parser, args, 'reading', settings, build)


def _recognizer(parser: argparse.ArgumentParser, args: argparse.Namespace) -> tuple[str | None, str | None]:
    """Config or name, and weights; a name has weights of its own, an ONNX file needs neither config nor name."""
    from dbnetpp_plugin.deploy.names import is_onnx
    if is_onnx(args.recognizer_weights):
        if args.recognizer:
            parser.error(f'the ONNX file {args.recognizer_weights} holds its config: give no --recognizer beside it')
        return None, args.recognizer_weights
    if args.recognizer:
        return args.recognizer, args.recognizer_weights
    if args.recognizer_weights:
        parser.error('--recognizer-weights are those of a --recognizer, which is not given')
    from dbnetpp_plugin.inference.pretrained import RECOGNIZER, pretrained_model
    config, weights = pretrained_model(RECOGNIZER)
    return str(config), weights
