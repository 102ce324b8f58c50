"""The configs of MMOCR that this project is compared with."""

from pathlib import Path

import mmocr


def mmocr_config(path: str) -> Path:
    """Config of MMOCR by its path below ``configs/textdet``, such as ``'dbnet/_base_dbnet_resnet18_fpnc.py'``."""
    return Path(mmocr.__file__).parent / '.mim/configs/textdet' / path
