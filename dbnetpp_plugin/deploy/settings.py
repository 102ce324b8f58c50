"""What an ONNX file holds beside the network: how images are prepared, and how text is found in its map."""

import ast
from pathlib import Path
from typing import Any

from mmengine.config import Config

KEY = 'dbnetpp_plugin'  # of the file's metadata
STRIDE = 32  # what sides of images are multiples of


def to_text(config: Config, padding: list[float]) -> str:
    """The part of a config that is needed to detect, as a Python literal.

    Args:
        config: With a test pipeline and a head with a postprocessor.
        padding: Its colour, BGR.

    Raises:
        ValueError: If the settings are more than numbers, text, lists and dicts, such as classes.
    """
    dataset = config.get('test_dataloader', {}).get('dataset', {})
    settings = {
        'default_scope': config.get('default_scope') or 'mmocr',
        'test_pipeline': dataset.get('pipeline') or config.get('test_pipeline'),
        'postprocessor': config.model.det_head.postprocessor,
        'padding': padding,
    }
    text = repr(_plain(settings))
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise ValueError('the test pipeline and the postprocessor must be made of numbers, text, lists and dicts to be '
                         f'kept in an ONNX file: {error}') from None
    return text


def from_text(text: str, name: str | Path) -> dict[str, Any]:
    """What :func:`to_text` was given; no code in it is run.

    Args:
        text: From the metadata.
        name: Of the file, for the error.

    Raises:
        ValueError: If it is no such text.
    """
    try:
        settings = ast.literal_eval(text)
        return {key: settings[key] for key in ('default_scope', 'test_pipeline', 'postprocessor', 'padding')}
    except (ValueError, SyntaxError, TypeError, KeyError) as error:
        raise ValueError(f'the settings in {name} are damaged: {error}') from None


def _plain(value: Any) -> Any:
    """Dicts and lists in place of mmengine's."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    return value
