"""Draw what a config teaches: augmented training images with their text outlines and label maps.

Outlines of text that is trained on are green, of text that is ignored or too small red, and the border between image
and padding is blue.

Example:
    python tools/browse_targets.py configs/dbnetpp_r50_dcnv2_ic15.py --out-dir work_dirs/targets --number 16 --seed 0
"""

import dbnetpp_plugin  # noqa: F401 - makes MMOCR importable, and registers what configs name

# isort: split

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmengine import Config, ConfigDict, DictAction
from mmengine.registry import init_default_scope
from mmocr.registry import DATASETS
from numpy.typing import NDArray

TRAINED, IGNORED, BORDER = (0, 200, 0), (0, 0, 255), (255, 128, 0)
CAPTION_HEIGHT = 24
GAP = 4


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', type=Path)
    parser.add_argument('--out-dir', type=Path, default=Path('work_dirs/targets'),
                        help='where the pictures go (default: work_dirs/targets)')
    parser.add_argument('--number', type=int, default=16, help='of pictures (default: 16)')
    parser.add_argument('--seed', type=int, default=0, help='the same seed gives the same pictures (default: 0)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={}, metavar='KEY=VALUE',
                        help='changes to the config')
    args = parser.parse_args(argv)
    try:
        config = Config.fromfile(args.config)
        config.merge_from_dict(args.cfg_options)
        write_pictures(training_samples(config, args.number, args.seed), args.out_dir)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


def write_pictures(samples: Iterator[dict[str, Any]], folder: Path) -> None:
    """Draw each sample into a PNG file named after its image."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, results in enumerate(samples):
        path = folder / f'{number:04d}_{Path(results["img_path"]).stem}.png'
        path.write_bytes(cv2.imencode('.png', draw_targets(results))[1].tobytes())


def training_samples(config: Config, number: int, seed: int) -> Iterator[dict[str, Any]]:
    """What the train pipeline of a config makes of random images, before it is packed.

    Args:
        config: Has ``train_dataloader``.
        number: How many samples.
        seed: Of the choice of images and of the augmentation.
    """
    init_default_scope('mmocr')
    dataset = DATASETS.build(without_packing(config.train_dataloader.dataset))
    np.random.seed(seed)  # noqa: NPY002 - transforms draw from the global generator
    for index in np.random.randint(len(dataset), size=number):  # noqa: NPY002
        yield dataset[int(index)]


def without_packing(config: Any) -> Any:
    """Copy the config of a data set, or of several in one, without the last step of the pipelines."""
    if isinstance(config, ConfigDict):
        return ConfigDict({key: without_packing(value) for key, value in config.items()})
    if isinstance(config, list):
        return [without_packing(value) for value in config if not _packs(value)]
    return config


def draw_targets(results: dict[str, Any]) -> NDArray[np.uint8]:
    """Put the image of a sample, with its outlines, and its label maps side by side.

    Args:
        results: From a train pipeline, with the label maps.
    """
    panels = {
        f'{Path(results["img_path"]).name}: {caption_of(results)}': draw_outlines(results),
        'shrink map (probability)': grey(results['gt_shrink_map'], 0, 1),
        'shrink mask (white: counts)': grey(results['gt_shrink_mask'], 0, 1),
        'threshold map (0.3 to 0.7)': grey(results['gt_threshold_map'], 0.3, 0.7),
        'threshold mask (white: counts)': grey(results['gt_threshold_mask'], 0, 1),
    }
    captioned = [with_caption(panel, caption) for caption, panel in panels.items()]
    gap = np.full((len(captioned[0]), GAP, 3), 255, np.uint8)
    return np.hstack([piece for panel in captioned for piece in (panel, gap)][:-1])


def draw_outlines(results: dict[str, Any]) -> NDArray[np.uint8]:
    """Draw the outlines of text, and of what is not padding, on the image."""
    picture = results['img'].copy()
    if 'valid_polygon' in results:
        _draw(picture, results['valid_polygon'], BORDER)
    for polygon, trained in zip(results['gt_polygons'], trained_texts(results), strict=True):
        _draw(picture, polygon, TRAINED if trained else IGNORED)
    return picture


def trained_texts(results: dict[str, Any]) -> list[bool]:
    """Whether each text is trained on, as the shrink mask has it: text may be ignored for its size alone."""
    trained = []
    for polygon in results['gt_polygons']:
        inside = np.zeros(results['gt_shrink_mask'].shape, np.uint8)
        cv2.fillPoly(inside, [np.round(polygon.reshape(-1, 2)).astype(np.int32)], [1])
        trained.append(bool(results['gt_shrink_mask'][inside > 0].mean() > 0.5))
    return trained


def caption_of(results: dict[str, Any]) -> str:
    """How many texts are trained on, and how many are not."""
    trained = trained_texts(results)
    return f'{sum(trained)} trained, {len(trained) - sum(trained)} ignored'


def grey(label_map: NDArray, black: float, white: float) -> NDArray[np.uint8]:
    """Make a picture of a map."""
    levels = np.clip((label_map.astype(np.float32) - black) / (white - black), 0, 1) * 255
    return np.repeat(np.round(levels).astype(np.uint8)[..., None], 3, axis=2)


def with_caption(panel: NDArray[np.uint8], caption: str) -> NDArray[np.uint8]:
    """Add a line of text above a picture."""
    strip = np.full((CAPTION_HEIGHT, panel.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, caption, (4, CAPTION_HEIGHT - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([strip, panel])


def _packs(transform: Any) -> bool:
    return isinstance(transform, dict) and str(transform.get('type', '')).startswith('Pack')


def _draw(picture: NDArray[np.uint8], polygon: NDArray, colour: tuple[int, int, int]) -> None:
    points = np.round(polygon.reshape(-1, 2) * 16).astype(np.int32)  # OpenCV takes sixteenths of a pixel
    cv2.polylines(picture, [points], isClosed=True, color=colour, thickness=1, lineType=cv2.LINE_AA, shift=4)


if __name__ == '__main__':
    main()
