"""The detector and the recognizer that come with the package, so that text is read right after the set-up, offline.

Both were trained by this project on synthetic text alone; docs/model_zoo.md says how, and what they can do.
"""

from pathlib import Path

from mmengine.config import Config

from ..weights import bundled_weights
from .model_names import NamedModel

GivenConfig = str | Path | Config

DETECTOR = 'dbnetpp_mbv3l_randomsynth'
RECOGNIZER = 'crnn_resnet_randomsynth'
_PACKAGE = Path(__file__).parents[1]


def bundled_model(name: str) -> NamedModel:
    """Config and weights of :data:`DETECTOR` or :data:`RECOGNIZER`.

    Raises:
        FileNotFoundError: If a file of the installation is missing.
    """
    # In a wheel, configs are where mim looks for them; in a clone, beside the package.
    folders = (_PACKAGE / '.mim' / 'configs', _PACKAGE.parent / 'configs')
    config = next((folder / f'{name}.py' for folder in folders if (folder / f'{name}.py').is_file()), None)
    if config is None:
        raise FileNotFoundError(f'the config {name}.py, which comes with the package, is neither in {folders[0]} nor '
                                f'in {folders[1]}: install the package again')
    return NamedModel(config, str(bundled_weights(name)))


def or_bundled(name: str, config: GivenConfig | None,
               weights: str | Path | None) -> tuple[GivenConfig, str | Path | None]:
    """The given config and weights; without a config, that of the package, with its weights if there are no others.

    Raises:
        FileNotFoundError: As :func:`bundled_model`.
    """
    if config is not None:
        return config, weights
    own = bundled_model(name)
    return own.config, weights or own.weights
