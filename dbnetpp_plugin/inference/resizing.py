"""The size at which a test pipeline looks at an image."""

from collections.abc import Sequence

from dbnetpp_plugin.config import Step, resize_step


def with_size(steps: Sequence[Step], size: int | None = None, max_size: int | None = None,
              zoom: float = 1.0) -> list[Step]:
    """A test pipeline that resizes images to another size; the given one is not changed.

    Args:
        steps: Of the pipeline.
        size: Shorter side of the resized image in pixels; by default that of the pipeline.
        max_size: Most pixels of the longer side, for which the shorter one becomes smaller than ``size``; by default
            that of the pipeline.
        zoom: By which both are multiplied.

    Raises:
        ValueError: If a size is not positive, or is to be changed where the pipeline has no ``Resize`` with a scale and
            ``keep_ratio``.
    """
    for name, value in (('size', size), ('maximum size', max_size)):
        if value is not None and value < 1:
            raise ValueError(f'the {name} is a positive number of pixels, got {value}')
    if size is None and max_size is None and zoom == 1:
        return list(steps)
    index, step = resize_step(steps)
    own_size, own_max_size = sorted(step['scale'])
    shorter = size or own_size
    longer = max_size or max(own_max_size, shorter)
    scale = round(longer * zoom), round(min(shorter, longer) * zoom)
    return [*steps[:index], {**step, 'scale': scale}, *steps[index + 1:]]
