"""What is done of a job, on disk, so that it can go on after any interruption.

=================  ====================================================================================================
``results.jsonl``  One line an image, in the order of the list. It grows while the job runs: it always is the beginning
                   of what it will be at the end, save for a last line that a crash cut short.
``parts/``         Chunks that are done and wait for those before them, of which other processes take care.
``job.json``       What the results depend on. Another job is not mixed in.
=================  ====================================================================================================

Any process adds parts; each appears whole, under the number of its chunk. The first process moves them to the end of
``results.jsonl`` as soon as their turn has come. All processes need to see one folder.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from dbnetpp_plugin.files import write_file

from .results import json_line

try:
    import fcntl
except ImportError:  # on Windows two runs at once are not told apart
    fcntl = None  # type: ignore[assignment]

RESULTS, PARTS, SETTINGS = 'results.jsonl', 'parts', 'job.json'
SECONDS_TO_APPEAR = 120  # network file systems may show a file of another machine that late


class Journal:
    """Folder of a job.

    Args:
        folder: For everything.
        settings: What the results depend on, as JSON can hold it. Names are for people: the error for another job names
            those that differ.
        sizes: How many images each chunk has.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], sizes: Sequence[int]) -> None:
        self.folder, self.settings, self.sizes = folder, dict(settings), list(sizes)
        self.results, self._parts, self._settings_file = folder / RESULTS, folder / PARTS, folder / SETTINGS
        self._merged = 0  # chunks
        self._lock: IO[str] | None = None

    def open(self, restart: bool = False) -> list[int]:
        """Find out what is left to do. For the first process only, before others add anything.

        Args:
            restart: Delete what there is.

        Returns:
            Numbers of the chunks that are not done.

        Raises:
            OSError: If the folder cannot be written.
            ValueError: If another job is in the folder, or another run of this one is at work there.
        """
        self._parts.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self._parts / 'lock')
        if restart:
            self._clear()
        self._check_settings()
        self._merged = self._keep_whole_chunks()
        done = self._tidy_parts()
        return [chunk for chunk in range(self._merged, len(self.sizes)) if chunk not in done]

    def begin(self) -> None:
        """Say whose results these are. For the first process only, when nothing can go wrong before the first chunk."""
        write_file((json.dumps(self.settings, indent=2) + '\n').encode(), self._settings_file)

    def check_shared(self, rank: int) -> None:
        """For the other processes, once the first has called :meth:`begin`.

        Raises:
            ValueError: If this process does not see what the first has written, or has another job to do.
        """
        if not _appears(self._settings_file):
            raise ValueError(f'process {rank} does not see {self._settings_file}, which process 0 has written: all '
                             'machines have to share the output folder')
        self._check_settings(f'process {rank} has another job than process 0')

    def add(self, chunk: int, records: Iterable[Mapping[str, Any]]) -> None:
        """Keep the results of a chunk, one record an image. For any process."""
        write_file(b''.join(map(json_line, records)), self._part(chunk), durable=True)

    def merge(self) -> None:
        """Move parts whose turn has come to the results. For the first process only."""
        while self._merged < len(self.sizes) and self._part(self._merged).exists():
            with open(self.results, 'ab') as file:
                file.write(self._part(self._merged).read_bytes())
                file.flush()
                os.fsync(file.fileno())
            self._part(self._merged).unlink()
            self._merged += 1

    def close(self) -> None:
        """Move all parts that are left to the results. For the first process only, when all are done.

        Raises:
            ValueError: If parts are missing.
        """
        self.merge()
        while self._merged < len(self.sizes):
            if not _appears(self._part(self._merged)):
                raise ValueError(f'{self._part(self._merged)} is missing: all machines have to share the output folder')
            self.merge()
        self.results.touch()  # of a list that is empty
        shutil.rmtree(self._parts)
        self.unlock()

    def unlock(self) -> None:
        """Let other runs write to the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _part(self, chunk: int) -> Path:
        return self._parts / f'{chunk:08d}.jsonl'

    def _clear(self) -> None:
        for path in (self.results, self._settings_file, *self._parts.glob('*.jsonl')):
            path.unlink(missing_ok=True)

    def _check_settings(self, what: str = '') -> None:
        if not self._settings_file.exists():
            if self.results.exists():
                raise ValueError(f'{self.results} is there without {SETTINGS}, which would say whose results these '
                                 'are: choose another --out-dir, or give --restart to replace them')
            return
        former = json.loads(self._settings_file.read_text(encoding='utf-8'))
        names = former.keys() | self.settings.keys()
        if different := sorted(name for name in names if former.get(name) != self.settings.get(name)):
            raise ValueError(f'{what or f"{self.folder} holds the results of another job"} (other {different[0]}'
                             f'{"".join(f", {name}" for name in different[1:])}): choose another --out-dir, or give '
                             '--restart to replace them')

    def _keep_whole_chunks(self) -> int:
        """Cut off what follows the last whole chunk of the results; number of whole chunks."""
        if not self.results.exists():
            return 0
        whole = end = lines = position = 0
        with open(self.results, 'rb+') as file:
            for line in file:
                position += len(line)
                lines += line.endswith(b'\n')
                if whole < len(self.sizes) and lines == self.sizes[whole]:
                    whole, lines, end = whole + 1, 0, position
            file.truncate(end)
        return whole

    def _tidy_parts(self) -> set[int]:
        """Delete parts that are in the results, or were never finished; numbers of the others."""
        parts = {int(path.stem) for path in self._parts.glob('[0-9]*.jsonl')}
        for chunk in parts:
            if chunk < self._merged:
                self._part(chunk).unlink()
        for unfinished in self._parts.glob('.*.part'):
            unfinished.unlink()
        return {chunk for chunk in parts if chunk >= self._merged}


def _locked(path: Path) -> IO[str]:
    file = open(path, 'w', encoding='utf-8')  # noqa: SIM115  (open as long as the lock is held)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ValueError(f'another run is writing to {path.parent.parent}: wait for its end, or choose another '
                         '--out-dir') from error
    except OSError:  # a file system without locks
        pass
    return file


def _appears(path: Path, seconds: float = SECONDS_TO_APPEAR) -> bool:
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
