"""How far a long job is: a bar on a terminal, a line now and then in a log file."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

SECONDS_BETWEEN_LINES = 30.0


def make_console() -> Console:
    """Of the standard error, for messages that hold file names: nothing in them is markup, and no line is broken."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class ProgressReport:
    """Context in which images are counted, with their rate and the time that is left.

    Args:
        console: Where to.
        what: What is being done.
        total: Number of images.
        hidden: Say nothing, as all processes but one do.
    """

    def __init__(self, console: Console, what: str, total: int, hidden: bool = False) -> None:
        self._console, self._what, self._hidden = console, what, hidden
        self._bar = Progress(TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(), _RateColumn(),
                             TimeRemainingColumn(), TextColumn('left'), console=console,
                             disable=hidden)
        self._task = self._bar.add_task(what, total=total)
        self._start = self._last_line = time.monotonic()

    def __enter__(self) -> 'ProgressReport':
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def advance(self) -> None:
        """Count one image."""
        self._bar.advance(self._task)
        now = time.monotonic()
        if not (self._console.is_terminal or self._hidden) and now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            task = self._bar.tasks[0]
            self._console.print(progress_line(self._what, int(task.completed), int(task.total or 0), now - self._start))


def progress_line(what: str, done: int, total: int, seconds: float) -> str:
    """One line that says how many are done, how fast, and how long the others will take."""
    rate = done / seconds
    left = round((total - done) / rate)
    return f'{what} {done}/{total}, {rate:.1f} images/s, {left // 3600}:{left // 60 % 60:02d}:{left % 60:02d} left'


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f'{task.speed:.1f} images/s' if task.speed else '')
