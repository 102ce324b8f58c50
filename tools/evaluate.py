#!/usr/bin/env python
"""Evaluate the output of any text detector: recall, precision and hmean by the protocol of a data set.

    python tools/evaluate.py gt.zip submission.zip --protocol icdar2015
    python tools/evaluate.py data/td500/textdet_test.json out/results.jsonl --protocol td500 --score-thr 0.5 \\
        --out-dir report --images data/td500/textdet_imgs/test

GT and PRED are zip files or folders of text files, a line an outline, or JSON files; see docs/evaluation.md. The exit
code is 1 if they cannot be read; the message names file and line.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dbnetpp_plugin.apis import draw_text_regions, list_images, read_image
from dbnetpp_plugin.apis.results import unique_stems, write_jpeg
from dbnetpp_plugin.evaluation.diagnosis import TOO_LOW, diagnose
from dbnetpp_plugin.evaluation.evaluate import Evaluated, evaluate, sweep, thresholds
from dbnetpp_plugin.evaluation.lexicon import load_lexicon, with_lexicon
from dbnetpp_plugin.evaluation.pairing import pair_images, pair_names
from dbnetpp_plugin.evaluation.pictures import has_errors, layers, plot_precision_recall
from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
from dbnetpp_plugin.evaluation.report import image_table, lines, summary
from dbnetpp_plugin.evaluation.sources import load_ground_truths, load_predictions


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.lexicon and not PROTOCOLS[args.protocol].with_text:
        parser.error(f'--lexicon is for reading text, and the protocol {args.protocol} does not')
    if args.images and not args.out_dir:
        parser.error('--images needs --out-dir, where the pictures go')
    try:
        run(args)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


def run(args: argparse.Namespace) -> None:
    """Evaluate, print the figures, and write the report.

    Raises:
        OSError: If a file cannot be read or written.
        ValueError: If its content is not what it should be.
    """
    protocol = PROTOCOLS[args.protocol]
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
    print('\n'.join([*lines(numbers), *reasons]))  # noqa: T201
    if args.per_image:
        print(image_table(evaluated), end='')  # noqa: T201
    if args.out_dir:
        args.out_dir.mkdir(parents=True, exist_ok=True)
        (args.out_dir / 'figures.json').write_text(json.dumps(numbers, indent=2) + '\n', encoding='utf-8')
        (args.out_dir / 'images.csv').write_text(image_table(evaluated), encoding='utf-8')
        if points:
            plot_precision_recall(points, protocol.title, args.out_dir / 'precision_recall.png')
        if args.images:
            draw(evaluated, args.images, args.out_dir / 'pictures')


def draw(evaluated: Sequence[Evaluated], images: Path, out_dir: Path) -> None:
    """Write a picture of each image in which something was missed or falsely found."""
    files = {truth: file for file, truth in pair_names(
        map(str, list_images(images)), [image.truth.name for image in evaluated], 'ground truths').items()}
    wrong = [image for image in evaluated if has_errors(image)]
    out_dir.mkdir(exist_ok=True)
    for image, stem in zip(wrong, unique_stems(files[image.truth.name] for image in wrong), strict=True):
        picture = read_image(files[image.truth.name])
        for outlines, color in layers(image):
            picture = draw_text_regions(picture, outlines, color=color)
        write_jpeg(picture, out_dir / f'{stem}.jpg')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('gt', type=Path, help='ground truth: zip file, folder or JSON file')
    parser.add_argument('pred', type=Path, help='predictions: zip file, folder or JSON file')
    parser.add_argument('--protocol', choices=PROTOCOLS, required=True, help='of the data set')
    parser.add_argument('--score-thr', type=float, help='lowest score that counts (default: all predictions count)')
    parser.add_argument('--per-image', action='store_true', help='print a table of the images, as CSV')
    parser.add_argument('--out-dir', type=Path, help='for figures, table of images, plot and pictures')
    parser.add_argument('--images', type=Path, help='folder of the images, for pictures of what is wrong')
    parser.add_argument('--lexicon', type=Path, help='word list, or folder or zip file with one for each image')
    parser.add_argument('--max-distance', type=int, help='most changes to become a word of the lexicon')
    return parser


if __name__ == '__main__':
    main()
