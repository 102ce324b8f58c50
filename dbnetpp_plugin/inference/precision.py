"""Numbers of how many bits a network computes with."""

PRECISIONS = ('float32', 'bfloat16', 'float16')  # names of PyTorch's data types


def check_precision(precision: str) -> str:
    """The precision, if it is one of :data:`PRECISIONS`.

    Raises:
        ValueError: If it is not.
    """
    if precision not in PRECISIONS:
        raise ValueError(f'the precision is one of {", ".join(PRECISIONS)}, got {precision!r}')
    return precision
