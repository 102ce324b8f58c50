"""Python entry points: detecting and reading text in images, and drawing it."""

from .detector_export import export_detector
from .drawing import draw_text_regions
from .image_io import list_images, read_image
from .text_detector import Detection, TextDetector
from .text_reader import Reading, TextReader

__all__ = ['Detection', 'Reading', 'TextDetector', 'TextReader', 'draw_text_regions', 'export_detector',
           'list_images', 'read_image']
