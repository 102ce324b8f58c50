"""Addresses of weights that come with the package: ``dbnetpp://NAME``, wherever MMEngine loads a checkpoint."""

from pathlib import Path
from typing import Any

import torch
from mmengine.runner.checkpoint import CheckpointLoader

SCHEME = 'dbnetpp://'
FOLDER = Path(__file__).parents[1] / 'weights'


def bundled_weights(name: str) -> Path:
    """File of the weights of that name, which is that of their config.

    Raises:
        FileNotFoundError: If there is none.
    """
    path = FOLDER / f'{name}.pth'
    if not path.is_file():
        known = ', '.join(sorted(file.stem for file in FOLDER.glob('*.pth'))) or 'none'
        raise FileNotFoundError(f'no weights {name!r} come with the package, only {known}')
    return path


@CheckpointLoader.register_scheme(prefixes=SCHEME, force=True)
def load_bundled(filename: str, map_location: Any = None, **_: Any) -> Any:
    """Load ``dbnetpp://NAME``; the arguments are those mmengine calls it with.

    Raises:
        FileNotFoundError: If there are none of that name.
    """
    return torch.load(bundled_weights(filename.removeprefix(SCHEME)), map_location=map_location, weights_only=True)
