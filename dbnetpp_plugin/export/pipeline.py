"""What a file can keep of a test pipeline."""

from typing import Any

from mmengine.config import Config

from dbnetpp_plugin.config import Step, step_type, test_steps

_RESIZING = {'interpolation': 'bilinear', 'backend': 'cv2', 'clip_object_border': True}


class Loading:
    """How a test pipeline loads an image.

    Attributes:
        upright: Whether files are turned as their EXIF data ask.
        grey: Whether images become grey.
        to_float32: Whether pixels become float32 before they are resized.
    """

    def __init__(self, loader: Step) -> None:
        colours = loader.get('color_type', 'color')
        self.upright = not colours.endswith('ignore_orientation')
        self.grey = colours.startswith('grayscale')
        self.to_float32 = bool(loader.get('to_float32', False))


def loading_and_resizing(config: Config, resizing: str) -> tuple[Loading, dict[str, Any]]:
    """How a test pipeline loads images, and the arguments of its step that resizes them.

    Args:
        config: With the pipeline.
        resizing: Name of that step, ``'Resize'`` or ``'RescaleToHeight'``.

    Raises:
        ValueError: If the pipeline has other steps, or other ways of resizing, than a file can keep.
    """
    loader, steps = test_steps(config)
    names = [step_type(step).rpartition('.')[2] for step in steps]
    if len(names) != 2 or names[0] != resizing or not names[1].startswith('Pack'):
        raise ValueError(f'a file can keep a test pipeline that loads, resizes by {resizing} and packs, and this one '
                         f'has {", ".join(names)} after loading')
    arguments = {key: value for key, value in steps[0].items() if key != 'type'}
    for name, value in _RESIZING.items():
        if arguments.pop(name, value) != value:
            raise ValueError(f'a file can keep a test pipeline that resizes with {name}={value!r} alone')
    return Loading(loader), arguments
