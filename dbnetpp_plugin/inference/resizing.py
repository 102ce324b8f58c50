"""The size at which a test pipeline looks at an image."""

from collections.abc import Sequence

from dbnetpp_plugin.config import Step, resize_step
from dbnetpp_plugin.pipelines.resizing import changed_scale, check_sizes


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
    check_sizes(size, max_size)
    if size is None and max_size is None and zoom == 1:
        return list(steps)
    index, step = resize_step(steps)
    return [*steps[:index], {**step, 'scale': changed_scale(step['scale'], size, max_size, zoom)}, *steps[index + 1:]]
