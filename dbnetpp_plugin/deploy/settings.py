"""What an ONNX file holds beside the network: how images are prepared, and how text is found in its map."""

import ast
from pathlib import Path
from typing import Any, TypedDict

KEY = 'dbnetpp_plugin'  # in the file's metadata
STRIDE = 32  # what sides of images are multiples of


class Settings(TypedDict):
    """Of an exported detector."""

    default_scope: str
    test_pipeline: list[dict[str, Any]]
    postprocessor: dict[str, Any]
    padding: list[float]
    """Colour of what is added to an image to make its sides multiples of 32, BGR."""


def to_text(settings: Settings) -> str:
    """The settings as a Python literal.

    Raises:
        ValueError: If they are more than numbers, text, lists and dicts, such as classes.
    """
    text = repr(settings)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise ValueError('the test pipeline and the postprocessor must be made of numbers, text, lists and dicts to be '
                         f'kept in an ONNX file: {error}') from None
    return text


def from_text(text: str, name: str | Path) -> Settings:
    """What :func:`to_text` was given; no code in it is run.

    Args:
        text: From the metadata.
        name: Of the file, for the error.

    Raises:
        ValueError: If it is no such text.
    """
    try:
        settings = ast.literal_eval(text)
        return Settings(**{key: settings[key] for key in Settings.__annotations__})  # type: ignore[typeddict-item]
    except (ValueError, SyntaxError, TypeError, KeyError) as error:
        raise ValueError(f'the settings in {name} are damaged: {error}') from None
