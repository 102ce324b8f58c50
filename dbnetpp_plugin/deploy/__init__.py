"""Running exported detectors and recognizers: neither PyTorch nor the OpenMMLab packages are needed.

Needs the package onnxruntime, which is imported when it is used.
"""

from .names import is_onnx
from .onnx_network import OnnxNetwork
from .text_detector import OnnxTextDetector
from .text_reader import OnnxTextReader
from .text_recognizer import OnnxTextRecognizer

__all__ = ['OnnxNetwork', 'OnnxTextDetector', 'OnnxTextReader', 'OnnxTextRecognizer', 'is_onnx']
