"""Options that an ONNX file does not have, because it holds them."""

from pathlib import Path
from typing import Any


def check_onnx_options(weights: str | Path, config: Any, precision: str) -> None:
    """Check options that are given along with an ONNX file.

    Raises:
        ValueError: If there is a config, or a precision other than the default.
    """
    if config is not None:
        raise ValueError(f'the ONNX file {weights} holds its config: give none beside it')
    if precision != 'float32':
        raise ValueError(f'an ONNX file has the precision that it was written with, got {precision!r}')
