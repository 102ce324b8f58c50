"""The detector and the recognizer that come with the package, so that text is read right after the set-up, offline.

Both were trained by this project on synthetic text alone; docs/model_zoo.md says how, and what they can do.
"""

from pathlib import Path

from .model_names import NamedModel

DETECTOR = 'dbnetpp_mbv3l_randomsynth'
RECOGNIZER = 'crnn_resnet_randomsynth'
_PACKAGE = Path(__file__).parents[1]


def bundled_model(name: str) -> NamedModel:
    """Config and weights of :data:`DETECTOR` or :data:`RECOGNIZER`.

    Raises:
        FileNotFoundError: If a file of the installation is missing.
    """
    # In a wheel, configs are where mim looks for them; in a clone, beside the package.
    folder = next((path for path in (_PACKAGE / '.mim', _PACKAGE.parent) if (path / 'configs').is_dir()), _PACKAGE)
    config, weights = folder / 'configs' / f'{name}.py', _PACKAGE / 'weights' / f'{name}.pth'
    for path in (config, weights):
        if not path.is_file():
            raise FileNotFoundError(f'{path}, which belongs to the package, is missing: install it again')
    return NamedModel(config, str(weights))
