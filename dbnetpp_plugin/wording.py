"""Lists of names in messages."""

from collections.abc import Iterable
from typing import Any


def few(names: Iterable[Any], shown: int = 5) -> str:
    """The first names of a list, and how many more there are: ``a, b, c and 7 more``.

    Args:
        names: Anything that prints as a name, in the order in which it is to be listed.
        shown: How many are listed at most; more would bury the point of the message.
    """
    every = [str(name) for name in names]
    rest = len(every) - shown
    return ', '.join(every[:shown]) + (f' and {rest} more' if rest > 0 else '')
