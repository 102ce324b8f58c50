"""Names that OpenCV 5 moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2

SILENT = 0


@contextmanager
def silent_opencv() -> Iterator[None]:
    """Context in which OpenCV writes no messages; the level before is restored."""
    # In OpenCV 4 these are functions of cv2 itself.
    home: Any = cv2 if hasattr(cv2, 'getLogLevel') else cv2.utils.logging  # type: ignore[attr-defined]
    level = home.getLogLevel()
    home.setLogLevel(SILENT)
    try:
        yield
    finally:
        home.setLogLevel(level)
