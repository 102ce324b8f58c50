"""Names of ONNX files."""

from pathlib import Path


def is_onnx(weights: str | Path | None) -> bool:
    """Whether the name is that of an ONNX file, by its suffix in any case of letters."""
    return weights is not None and Path(weights).suffix.lower() == '.onnx'
