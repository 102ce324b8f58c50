"""ONNX graphs in half precision."""

import logging
from typing import Any


def in_float16(model: Any) -> Any:
    """A graph whose weights and layers are float16, and whose input and output stay float32.

    The conversion is that of ONNX Runtime, which comes with it.

    Args:
        model: ``onnx.ModelProto``; it is changed.
    """
    from onnxruntime.transformers.float16 import convert_float_to_float16

    logger = logging.getLogger('onnxruntime.transformers.float16')
    level = logger.level
    logger.setLevel(logging.ERROR)  # it warns of each weight that is too small, and becomes 0
    try:
        return convert_float_to_float16(model, keep_io_types=True)
    finally:
        logger.setLevel(level)
