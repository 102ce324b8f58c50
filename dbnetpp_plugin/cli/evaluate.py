"""Evaluate any text detector: recall, precision and hmean by the protocol of a data set.

    dbnetpp evaluate gt.zip submission.zip --protocol icdar2015
    dbnetpp evaluate data/td500/textdet_test.json out/results.jsonl --protocol td500 --score-thr 0.5 \\
        --out-dir report --images data/td500/textdet_imgs/test

GT and PRED are zip files or folders of text files, one line per outline, or JSON files; see docs/evaluation.md. The
exit code is 1 if they cannot be read; the message names file and line.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .argument_types import score

if TYPE_CHECKING:
    from dbnetpp_plugin.evaluation.evaluate import Evaluated

NEEDS_OPENMMLAB = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files that are compared, the protocol, and what is written."""
    from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
    parser.add_argument('gt', type=Path, help='ground truth: zip file, folder or JSON file')
    parser.add_argument('pred', type=Path, help='predictions: zip file, folder or JSON file')
    parser.add_argument('--protocol', choices=PROTOCOLS, required=True, help='of the data set')
    parser.add_argument('--score-thr', type=score, help='lowest score that counts (default: all predictions count)')
    parser.add_argument('--per-image', action='store_true', help='print a table of the images, as CSV')
    parser.add_argument('--out-dir', type=Path, help='for figures, table of images, plot and pictures')
    parser.add_argument('--images', type=Path, help='folder of the images, for pictures of what is wrong')
    parser.add_argument('--lexicon', type=Path, help='word list, or folder or zip file with one for each image')
    parser.add_argument('--max-distance', type=int, help='most changes to become a word of the lexicon')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Evaluate, print the figures, and write the report.

    Raises:
        OSError: If a file cannot be read or written.
        ValueError: If its content is not what it should be.
    """
    from dbnetpp_plugin.evaluation.diagnosis import TOO_LOW, diagnose
    from dbnetpp_plugin.evaluation.evaluate import evaluate, sweep, thresholds
    from dbnetpp_plugin.evaluation.lexicon import load_lexicon, with_lexicon
    from dbnetpp_plugin.evaluation.pairing import pair_images
    from dbnetpp_plugin.evaluation.pictures import plot_precision_recall
    from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
    from dbnetpp_plugin.evaluation.report import image_table, lines, summary
    from dbnetpp_plugin.evaluation.sources import load_ground_truths, load_predictions
    protocol = PROTOCOLS[args.protocol]
    if args.lexicon and not protocol.with_text:
        parser.error(f'--lexicon is for reading text, and the protocol {args.protocol} does not')
    if args.images and not args.out_dir:
        parser.error('--images needs --out-dir, where the pictures go')
    pairs = pair_images(load_ground_truths(args.gt, protocol.points),
                        load_predictions(args.pred, protocol.points, protocol.with_text))
    if args.lexicon:
        words_of = load_lexicon(args.lexicon)
        pairs = [(truth, with_lexicon(found, words_of(truth.name), args.max_distance)) for truth, found in pairs]
        protocol = replace(protocol, title=f'{protocol.title}, lexicon {args.lexicon}')
    evaluated = evaluate(pairs, protocol, args.score_thr)
    points = sweep(pairs, protocol, thresholds(pairs))
    numbers = summary(evaluated, protocol, args.score_thr, points)
    reasons = diagnose(pairs, args.score_thr) if numbers['hmean'] < TOO_LOW else []
    sys.stdout.writelines(f'{line}\n' for line in [*lines(numbers), *reasons])
    if args.per_image:
        sys.stdout.write(image_table(evaluated))
    if args.out_dir:
        args.out_dir.mkdir(parents=True, exist_ok=True)
        (args.out_dir / 'figures.json').write_text(json.dumps(numbers, indent=2) + '\n', encoding='utf-8')
        (args.out_dir / 'images.csv').write_text(image_table(evaluated), encoding='utf-8')
        if points:
            plot_precision_recall(points, protocol.title, args.out_dir / 'precision_recall.png')
        if args.images:
            draw_errors(evaluated, args.images, args.out_dir / 'pictures')


def draw_errors(evaluated: 'Sequence[Evaluated]', images: Path, out_dir: Path) -> None:
    """Write a picture of each image in which text was missed or falsely found.

    Args:
        evaluated: All images.
        images: Folder of the image files.
        out_dir: Folder for the pictures; it is made if it is missing.

    Raises:
        OSError: If an image is missing or cannot be read, or a picture cannot be written.
        ValueError: If images and ground truths do not fit each other.
    """
    from dbnetpp_plugin.evaluation.pairing import pair_names
    from dbnetpp_plugin.evaluation.pictures import has_errors, layers
    from dbnetpp_plugin.files import unique_stems
    from dbnetpp_plugin.images.listing import list_images
    from dbnetpp_plugin.images.loading import read_image
    from dbnetpp_plugin.images.writing import write_jpeg
    from dbnetpp_plugin.visualization.text_regions import draw_text_regions
    files = {truth: file for file, truth in pair_names(
        map(str, list_images(images)), [image.truth.name for image in evaluated], 'ground truths').items()}
    wrong = [image for image in evaluated if has_errors(image)]
    out_dir.mkdir(exist_ok=True)
    for image, stem in zip(wrong, unique_stems(files[image.truth.name] for image in wrong), strict=True):
        picture = read_image(files[image.truth.name])
        for outlines, color in layers(image):
            picture = draw_text_regions(picture, outlines, color=color)
        write_jpeg(picture, out_dir / f'{stem}.jpg')
