"""Photographs to write on: those that come with scikit-image, or those of a folder."""

import functools
import importlib.resources
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

# All that scikit-image holds inside its wheel without text on it; the test split has photographs of its own.
SKIMAGE_PHOTOGRAPHS = {
    'train': ('brick.png', 'camera.png', 'chelsea.png', 'gravel.png', 'hubble_deep_field.jpg', 'ihc.png', 'rocket.jpg'),
    'test': ('coffee.png', 'grass.png', 'moon.png', 'retina.jpg'),
}
SUFFIXES = ('.jpg', '.jpeg', '.png')
HELD_OUT = 5  # One photograph in so many goes to the test split.


class Photographs(Sequence[np.ndarray]):
    """Photographs as (H, W, 3) uint8 BGR arrays, read when they are asked for."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> np.ndarray:  # type: ignore[override]
        """Return one photograph; an array that must not be written to."""
        return read_photograph(self.paths[index])


@functools.lru_cache(maxsize=32)
def read_photograph(path: Path) -> np.ndarray:
    """Read a photograph as (H, W, 3) uint8 BGR.

    Raises:
        ValueError: If it cannot be read.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f'{path} cannot be read as an image')
    image.flags.writeable = False
    return image


def find_photographs(folder: Path | None = None) -> dict[str, Photographs]:
    """Find photographs for each split; no photograph is in both.

    Args:
        folder: Where to look for ``.jpg`` and ``.png`` files, also in folders inside; None takes scikit-image's.

    Raises:
        FileNotFoundError: If there are not enough of them.
    """
    if folder is None:
        base = Path(str(importlib.resources.files('skimage'))) / 'data'
        found = {split: [base / name for name in names] for split, names in SKIMAGE_PHOTOGRAPHS.items()}
        missing = [str(path) for paths in found.values() for path in paths if not path.is_file()]
        if missing:
            raise FileNotFoundError(f'scikit-image came without {", ".join(missing)}: give a folder of photographs')
        return {split: Photographs(paths) for split, paths in found.items()}
    paths = sorted(path for path in folder.rglob('*') if path.suffix.lower() in SUFFIXES)
    if len(paths) < 2:
        raise FileNotFoundError(f'{folder} holds {len(paths)} .jpg or .png photographs; two splits need at least 2')
    held_out = paths[::HELD_OUT]
    return {'train': Photographs(sorted(set(paths) - set(held_out))), 'test': Photographs(held_out)}
