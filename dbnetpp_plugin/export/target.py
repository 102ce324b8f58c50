"""The file that an export writes, and what it holds."""

from pathlib import Path

from mmengine.config import Config

from dbnetpp_plugin.deploy import is_onnx


def checked_name(out: str | Path) -> Path:
    """Path of an ONNX file.

    Raises:
        ValueError: If its name does not end in ``.onnx``.
    """
    if not is_onnx(out):
        raise ValueError(f'the name of an ONNX file ends in .onnx, got {out}')
    return Path(out)


def is_recognizer(config: Config) -> bool:
    """Whether the model of a config recognizes text, and does not detect it.

    Raises:
        ValueError: If it does neither.
    """
    model = config.get('model', {})
    if 'det_head' not in model and 'decoder' not in model:
        raise ValueError('the model of the config has neither det_head, as detectors have, nor decoder, as recognizers '
                         'have')
    return 'decoder' in model
