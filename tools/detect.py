#!/usr/bin/env python
"""Detect text in images: a picture of each with the text outlined, and all outlines and scores in one JSON file.

    python tools/detect.py photos/ 'scans/**/*.png' --config configs/dbnetpp_r18_td500.py --weights weights.pth

The exit code is 1 if a file could not be read (it is named, and the others are done), 2 if nothing could be started,
and 130 if you interrupted it; what was found until then is written.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from dbnetpp_plugin.apis import TextDetector, draw_text_regions, list_images
from dbnetpp_plugin.apis.results import clashes, keep_scores, to_record, unique_stems, write_jpeg, write_json

JSON_NAME = 'detections.json'
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    parser = _parser()
    args = parser.parse_args(arguments)
    try:
        paths = [str(path) for path in dict.fromkeys(list_images(args.images))]
        pictures = dict(zip(paths, (args.out_dir / f'{stem}.jpg' for stem in unique_stems(paths)), strict=True))
        overwritten = clashes(list(pictures.values()), paths)
        if overwritten:
            raise ValueError(f'the picture {overwritten[0]} would replace an input: choose another --out-dir')
        detector = TextDetector(args.config, args.weights, args.device)
        args.out_dir.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return detect(detector, pictures, args.out_dir / JSON_NAME, args.batch_size, args.score_thr)


def detect(detector: TextDetector, pictures: dict[str, Path], json_path: Path, batch_size: int,
           score_thr: float) -> int:
    """Detect, draw, and write the results, with a progress bar on the standard error.

    Args:
        detector: Of the text.
        pictures: Path of an image -> path of its picture.
        json_path: Where all results go.
        batch_size: Images at once.
        score_thr: Lowest score to keep.

    Returns:
        The exit code.
    """
    found: list[dict] = []
    failed: list[dict] = []
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    code = 0
    with _progress(console) as progress:
        task = progress.add_task('', total=len(pictures))

        def report(name: str | int, error: Exception) -> None:
            failed.append({'path': name, 'error': str(error)})
            console.print(str(error), style='red')
            progress.advance(task)

        try:
            for detection in detector.stream(list(pictures), batch_size, report):
                kept = keep_scores(detection, score_thr)
                picture = pictures[str(kept.image)]
                write_jpeg(draw_text_regions(detector.read(str(kept.image)), kept.polygons, kept.scores), picture)
                found.append(to_record(kept) | {'picture': picture.name})
                progress.advance(task)
        except KeyboardInterrupt:
            code = INTERRUPTED
        finally:
            write_json({'images': found, 'failed': failed}, json_path)
    regions = sum(len(record['scores']) for record in found)
    console.print(f'{regions} text regions in {len(found)} of {len(pictures)} images, {len(failed)} unreadable: '
                  f'see {json_path}')
    return code or int(bool(failed))


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f'{task.speed:.1f} images/s' if task.speed else '')


def _progress(console: Console) -> Progress:
    return Progress(TextColumn('detecting'), BarColumn(), MofNCompleteColumn(), _RateColumn(), TimeRemainingColumn(),
                    TextColumn('left'), console=console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('images', nargs='+', help='image files, folders, or patterns in quotes, such as "a/**/*.jpg"')
    parser.add_argument('--config', required=True, help='of the model')
    parser.add_argument('--weights', required=True, help='path or address of its checkpoint')
    parser.add_argument('--out-dir', required=True, type=Path, help=f'for the pictures and {JSON_NAME}')
    parser.add_argument('--device', help='cpu, cuda or cuda:N (default: the first GPU, if there is one)')
    parser.add_argument('--batch-size', type=_positive, default=1, help='images at once (default: 1)')
    parser.add_argument('--score-thr', type=float, default=0.0,
                        help="lowest score to keep (default: what the config's postprocessor keeps)")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{number} is not a positive number')
    return number


if __name__ == '__main__':
    raise SystemExit(main())
