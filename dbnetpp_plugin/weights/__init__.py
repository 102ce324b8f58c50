"""Weights that come with the package, trained by this project on synthetic text alone; docs/model_zoo.md says how."""

from pathlib import Path

SCHEME = 'dbnetpp://'


def bundled_weights(name: str) -> Path:
    """File of the weights of that name, which is that of their config; ``dbnetpp://NAME`` stands for it in configs.

    Raises:
        FileNotFoundError: If there is none.
    """
    folder = Path(__file__).parent
    path = folder / f'{name}.pth'
    if not path.is_file():
        known = ', '.join(sorted(file.stem for file in folder.glob('*.pth'))) or 'none'
        raise FileNotFoundError(f'no weights {name!r} come with the package, only {known}')
    return path
