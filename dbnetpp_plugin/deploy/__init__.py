"""Running exported detectors: neither PyTorch nor the OpenMMLab packages are needed.

Needs the package onnxruntime, which is imported when it is used.
"""

from .onnx_network import OnnxNetwork, is_onnx

__all__ = ['OnnxNetwork', 'is_onnx']
