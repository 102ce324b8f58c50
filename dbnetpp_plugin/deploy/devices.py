"""Devices of ONNX Runtime, by the names that PyTorch gives them."""

import re
from typing import Any

CPU, CUDA = 'CPUExecutionProvider', 'CUDAExecutionProvider'


def providers_for(device: str | None, available: list[str]) -> list[Any]:
    """Execution providers of ONNX Runtime, the preferred one first.

    Args:
        device: ``'cpu'``, ``'cuda'`` or ``'cuda:N'``; by default CUDA where this ONNX Runtime has it, else the CPU.
        available: Providers that the installed ONNX Runtime was built with.

    Raises:
        ValueError: If the device is none of these, or this ONNX Runtime has no CUDA.
    """
    if device is None:
        device = 'cuda' if CUDA in available else 'cpu'
    match = re.fullmatch(r'cpu|cuda(?::(\d+))?', device)
    if match is None:
        raise ValueError(f"a device of ONNX Runtime is 'cpu', 'cuda' or 'cuda:N', got {device!r}")
    if device == 'cpu':
        return [CPU]
    if CUDA not in available:
        raise ValueError(f'there is no device {device}: the installed ONNX Runtime runs on the CPU alone; the package '
                         'onnxruntime-gpu, in its place, runs on CUDA')
    # TF32 would round what the convolutions take to ten bits.
    return [(CUDA, {'device_id': match[1] or '0', 'use_tf32': '0'}), CPU]
