"""Packages that only some need."""

from importlib.util import find_spec


def require(*names: str) -> None:
    """Check that packages are installed.

    Raises:
        ImportError: That names those that are missing, and the command that installs them.
    """
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise ImportError(f'ONNX files need {" and ".join(missing)}: pip install {" ".join(missing)}')
