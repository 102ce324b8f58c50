"""The models that are used where none is named: PP-OCRv6 small finds and reads text right after the set-up, offline.

Their weights lie in a package that is installed beside this one, see :mod:`.ppocr_weights`.
"""

from pathlib import Path
from typing import TypeAlias

from mmengine.config import Config

from dbnetpp_plugin.config import own_config

from .mmocr_models import NamedModel

GivenConfig: TypeAlias = str | Path | Config

# Names of configs.
DETECTOR = 'dbnet_pplcnetv4s_ppocrv6'
READING_DETECTOR = 'dbnet_pplcnetv4s_ppocrv6_reading'  # the same network, which lets more pass to the recognizer
RECOGNIZER = 'svtr_pplcnetv4s_ppocrv6'
_WEIGHTS = {DETECTOR: 'ppocr://PP-OCRv6_small_det', READING_DETECTOR: 'ppocr://PP-OCRv6_small_det',
            RECOGNIZER: 'ppocr://PP-OCRv6_small_rec'}


def pretrained_model(name: str) -> NamedModel:
    """Config, and address of the weights, of :data:`DETECTOR`, :data:`READING_DETECTOR` or :data:`RECOGNIZER`.

    Raises:
        FileNotFoundError: If the config is missing from the installation.
    """
    return NamedModel(own_config(name), _WEIGHTS[name])


def or_pretrained(name: str, config: GivenConfig | None,
                  weights: str | Path | None) -> tuple[GivenConfig, str | Path | None]:
    """The given config and weights; without a config, those of that name, with its weights if there are no others.

    Raises:
        FileNotFoundError: As :func:`pretrained_model`.
    """
    if config is not None:
        return config, weights
    own = pretrained_model(name)
    return own.config, weights or own.weights
