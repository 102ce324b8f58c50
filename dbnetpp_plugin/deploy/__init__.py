"""Detectors as ONNX files: writing and running them.

Needs the packages onnx, onnxscript and onnxruntime, which are imported when they are used.
"""

from .onnx_export import export_onnx
from .onnx_model import OnnxModel, is_onnx

__all__ = ['OnnxModel', 'export_onnx', 'is_onnx']
