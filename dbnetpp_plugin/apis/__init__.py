"""Python entry points: detecting and reading text in images, drawing it, cropping it, and exporting it and models."""

from dbnetpp_plugin.bulk.exports import export as export_results
from dbnetpp_plugin.datasets.word_crops import word_crop
from dbnetpp_plugin.export.detector import export_detector
from dbnetpp_plugin.export.recognizer import export_recognizer
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.listing import list_images
from dbnetpp_plugin.images.loading import read_image
from dbnetpp_plugin.memory import keep_freed_memory
from dbnetpp_plugin.reading.crops import crop_polygon
from dbnetpp_plugin.visualization.text_regions import draw_text_regions

from .text_detector import Detection, TextDetector
from .text_reader import Reading, TextReader
from .text_recognizer import Recognition, TextRecognizer

__all__ = ['BrokenImageError', 'Detection', 'Reading', 'Recognition', 'TextDetector', 'TextReader', 'TextRecognizer',
           'crop_polygon', 'draw_text_regions', 'export_detector', 'export_recognizer', 'export_results',
           'keep_freed_memory', 'list_images', 'read_image', 'word_crop']
