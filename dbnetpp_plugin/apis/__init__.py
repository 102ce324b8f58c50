"""Python entry points: detecting text in images, and drawing it."""

from .drawing import draw_text_regions
from .image_io import list_images, read_image
from .text_detector import Detection, TextDetector

__all__ = ['Detection', 'TextDetector', 'draw_text_regions', 'list_images', 'read_image']
