"""The models that are used where none is named: text is found and read right after the set-up, offline.

The detector is PP-OCRv6's, whose weights lie in a package that is installed beside this one. The two models that read
together were trained by this project on synthetic text; docs/model_zoo.md says what all of them can do.
"""

from pathlib import Path
from typing import TypeAlias

from mmengine.config import Config

from dbnetpp_plugin.config import own_config

from .mmocr_models import NamedModel

GivenConfig: TypeAlias = str | Path | Config

# Names of configs.
DETECTOR = 'dbnet_pplcnetv4s_ppocrv6'
READING_DETECTOR = 'dbnetpp_mbv3l_randomsynth'  # finds words, as the recognizer has learnt them
RECOGNIZER = 'crnn_resnet_randomsynth'
_WEIGHTS = {DETECTOR: 'ppocr://PP-OCRv6_small_det', READING_DETECTOR: f'dbnetpp://{READING_DETECTOR}',
            RECOGNIZER: f'dbnetpp://{RECOGNIZER}'}


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
