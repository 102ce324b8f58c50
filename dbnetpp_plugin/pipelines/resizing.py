"""The size at which a network looks at an image."""


def changed_scale(scale: tuple[int, int], size: int | None = None, max_size: int | None = None,
                  zoom: float = 1.0) -> tuple[int, int]:
    """The longest sides that a resized image may have, ``(longer, shorter)``, in pixels.

    Args:
        scale: The same of the config, in any order.
        size: Another length of the shorter side.
        max_size: Another length of the longer side, for which the shorter one becomes smaller than ``size``.
        zoom: By which both are multiplied.
    """
    own_size, own_max_size = sorted(scale)
    shorter = size or own_size
    longer = max_size or max(own_max_size, shorter)
    return round(longer * zoom), round(min(shorter, longer) * zoom)


def check_sizes(size: int | None, max_size: int | None) -> None:
    """Check sizes that were asked for.

    Raises:
        ValueError: If one is not positive.
    """
    for name, value in (('size', size), ('maximum size', max_size)):
        if value is not None and value < 1:
            raise ValueError(f'the {name} is a positive number of pixels, got {value}')


def check_scales(scales: tuple[float, ...]) -> list[float]:
    """Scales at which images are looked at, the largest first.

    Raises:
        ValueError: If there are none, or one is not positive.
    """
    if not scales or min(scales) <= 0:
        raise ValueError(f'scales are positive numbers, at least one, got {scales}')
    return sorted(scales, reverse=True)


def largest_within(width: int, height: int, scale: tuple[int, int]) -> tuple[int, int]:
    """``(width, height)`` of an image that is resized to be as large as both limits allow, as mmcv's ``Resize`` does.

    Args:
        width: Of the image.
        height: Of the image.
        scale: The longest sides that it may have, in any order.
    """
    factor = min(max(scale) / max(width, height), min(scale) / min(width, height))
    return int(width * factor + 0.5), int(height * factor + 0.5)


def fitted_into(width: int, height: int, size: tuple[int, int]) -> tuple[int, int]:
    """``(width, height)`` of an image that is resized to fit into ``size``, ``(height, width)``."""
    factor = min(size[0] / height, size[1] / width)
    return min(int(width * factor + 0.5), size[1]), min(int(height * factor + 0.5), size[0])
