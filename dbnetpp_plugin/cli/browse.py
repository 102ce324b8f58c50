"""Draw what a config trains on: augmented images with their outlines and label maps.

    dbnetpp browse configs/dbnetpp_r50_dcnv2_ic15.py --out-dir work_dirs/targets --number 16 --seed 0

Outlines of text that is trained on are green, of text that is ignored or too small red, and the border between image
and padding is blue.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config_options import add_config_options, parse_config_options

if TYPE_CHECKING:
    from mmengine.config import Config

NEEDS_OPENMMLAB = True
Sample = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the config, and which pictures are drawn."""
    parser.add_argument('config', type=Path)
    parser.add_argument('--out-dir', type=Path, default=Path('work_dirs/targets'),
                        help='where the pictures go (default: work_dirs/targets)')
    parser.add_argument('--number', type=int, default=16, help='of pictures (default: 16)')
    parser.add_argument('--seed', type=int, default=0, help='the same seed gives the same pictures (default: 0)')
    add_config_options(parser)


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Draw the pictures.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If config or data set are not what they should be.
    """
    from dbnetpp_plugin.config import default_scope, load_config
    options = parse_config_options(args.cfg_options, parser)
    config = load_config(args.config)
    config.merge_from_dict(options)
    with default_scope(config):
        write_pictures(training_samples(config, args.number, args.seed), args.out_dir)


def write_pictures(samples: Iterable[Sample], folder: Path) -> None:
    """Draw each sample into a PNG file named after its image."""
    import cv2

    from dbnetpp_plugin.visualization.label_maps import draw_targets
    folder.mkdir(parents=True, exist_ok=True)
    for number, results in enumerate(samples):
        path = folder / f'{number:04d}_{Path(results["img_path"]).stem}.png'
        path.write_bytes(cv2.imencode('.png', draw_targets(results))[1].tobytes())


def training_samples(config: 'Config', number: int, seed: int) -> Iterator[Sample]:
    """What the train pipeline of a config makes of random images, before it is packed.

    Args:
        config: Has ``train_dataloader``.
        number: How many samples.
        seed: Of the choice of images and of the augmentation.
    """
    import numpy as np
    from mmocr.registry import DATASETS
    dataset = DATASETS.build(without_packing(config.train_dataloader.dataset))
    np.random.seed(seed)  # noqa: NPY002 - transforms draw from the global generator
    for index in np.random.randint(len(dataset), size=number):  # noqa: NPY002
        yield dataset[int(index)]


def without_packing(config: Any) -> Any:
    """Copy the config of a data set, or of several in one, without the last step of the pipelines."""
    from mmengine.config import ConfigDict
    if isinstance(config, ConfigDict):
        return ConfigDict({key: without_packing(value) for key, value in config.items()})
    if isinstance(config, list):
        return [without_packing(value) for value in config if not _packs(value)]
    return config


def _packs(transform: Any) -> bool:
    return isinstance(transform, dict) and str(transform.get('type', '')).startswith('Pack')
