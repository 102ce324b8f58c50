"""Packages that only some need."""

from importlib.util import find_spec


def require(*names: str, what: str = 'ONNX files need') -> None:
    """Check that packages are installed.

    Args:
        names: Of the packages, which are those of their modules.
        what: Needs them, for the message.

    Raises:
        ImportError: That names those that are missing, and the command that installs them.
    """
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise ImportError(f'{what} {" and ".join(missing)}: pip install {" ".join(missing)}')
