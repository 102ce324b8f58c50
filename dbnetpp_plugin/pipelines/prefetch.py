"""A pipeline of three stages: the first works ahead, the last behind, each in a thread of its own."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Taken = TypeVar('Taken')
Prepared = TypeVar('Prepared')
Made = TypeVar('Made')
Given = TypeVar('Given')


def prefetched(source: Iterable[Taken], first: Callable[[Taken], Prepared], middle: Callable[[Prepared], Made],
               last: Callable[[Made], Given]) -> Iterator[Given]:
    """``last(middle(first(item)))`` of each item, in order.

    While ``middle`` works on an item in the caller's thread, as the source does, a second thread begins with the next
    one, and a third one finishes the one before.

    Args:
        source: What is worked on. It is up to two items ahead of the results.
        first: The first stage.
        middle: The second one.
        last: The third one.

    Raises:
        Exception: What source or stages raise, after the results of all items before.
    """
    with ThreadPoolExecutor(1) as beginning, ThreadPoolExecutor(1) as finishing:
        prepared = _one_behind(beginning.submit(first, item) for item in source)
        yield from _one_behind(finishing.submit(last, middle(item)) for item in prepared)


def _one_behind(started: Iterable[Future[Given]]) -> Iterator[Given]:
    """Results of what is started, each when the next one has been started."""
    before: Future[Given] | None = None
    try:
        for future in started:
            if before is not None:
                yield before.result()
            before = future
    except Exception:  # of what comes later: the result before is still due
        if before is not None:
            yield before.result()
        raise
    if before is not None:
        yield before.result()
