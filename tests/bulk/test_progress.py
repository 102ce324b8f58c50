"""Progress, in words and on a terminal."""

import io

import pytest
from rich.console import Console

import dbnetpp_plugin.bulk.progress as module
from dbnetpp_plugin.bulk.progress import ProgressReport, progress_line


@pytest.mark.parametrize(('done', 'total', 'seconds', 'line'), [
    (10, 30, 5, 'detecting 10/30, 2.0 images/s, 0:00:10 left'),
    (1, 3601, 1, 'detecting 1/3601, 1.0 images/s, 1:00:00 left'),
    (1, 1000001, 0.5, 'detecting 1/1000001, 2.0 images/s, 138:53:20 left'),
    (5, 5, 5, 'detecting 5/5, 1.0 images/s, 0:00:00 left'),
])
def test_line(done, total, seconds, line):
    assert progress_line('detecting', done, total, seconds) == line


def report(monkeypatch, terminal: bool, hidden: bool) -> str:
    """Of 100 images, one a second."""
    clock = iter(range(1000))
    monkeypatch.setattr(module.time, 'monotonic', lambda: next(clock))
    file = io.StringIO()
    with ProgressReport(Console(file=file, force_terminal=terminal, width=100), 'detecting', 100, hidden) as progress:
        for _ in range(100):
            progress.advance()
    return file.getvalue()


def test_log_file_gets_a_line_now_and_then(monkeypatch):
    assert report(monkeypatch, terminal=False, hidden=False).splitlines() == [
        'detecting 30/100, 1.0 images/s, 0:01:10 left', 'detecting 60/100, 1.0 images/s, 0:00:40 left',
        'detecting 90/100, 1.0 images/s, 0:00:10 left']


def test_terminal_gets_a_bar(monkeypatch):
    assert '100/100' in report(monkeypatch, terminal=True, hidden=False)


@pytest.mark.parametrize('terminal', [False, True])
def test_other_processes_are_silent(monkeypatch, terminal):
    assert '/100' not in report(monkeypatch, terminal, hidden=True)
