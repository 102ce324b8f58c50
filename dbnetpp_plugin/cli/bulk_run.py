"""Running a command over many images: progress, messages and exit codes.

Imported when such a command runs, because most of what it imports is heavy.
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dbnetpp_plugin.bulk.content_hash import of_names
from dbnetpp_plugin.bulk.exports import export, text_lines
from dbnetpp_plugin.bulk.job import PICTURES, Engine, Job, Record, Started, picture_names, start, summarize, work
from dbnetpp_plugin.bulk.journal import RESULTS
from dbnetpp_plugin.bulk.progress import ProgressReport, make_console
from dbnetpp_plugin.bulk.results import read_records
from dbnetpp_plugin.bulk.sharding import Process, processes
from dbnetpp_plugin.compat.opencv import silent_opencv
from dbnetpp_plugin.files import clashes
from dbnetpp_plugin.images.listing import list_images
from dbnetpp_plugin.memory import keep_freed_memory
from dbnetpp_plugin.version import __version__

from .bulk_arguments import LIST_MARK, SCRATCH

MOST_SHOWN = 10  # images whose text is printed; of more, who would read it there
ALL_FINE, SOME_UNREADABLE, STOPPED, INTERRUPTED = 0, 1, 3, 130


def run_bulk(parser: argparse.ArgumentParser, args: argparse.Namespace, what: str,
             settings: Callable[[], Mapping[str, Any]], build: Callable[[], Engine]) -> int:
    """Do all images of the command line.

    Args:
        parser: For errors before the start, which end the program with exit code 2.
        args: Of :func:`.bulk_arguments.add_bulk_arguments`.
        what: What is being done, for messages, such as 'detecting'.
        settings: Gives what results depend on, beside those arguments.
        build: Loads the model.

    Returns:
        The exit code: 0 if all is fine, 1 if some images could not be read, 3 if an error stopped it half way, 130 if
        it was interrupted.
    """
    args = _with_out_dir(args)
    if args.keep_memory:
        keep_freed_memory()
    # About broken files: each is named once, in our own words.
    with silent_opencv(), processes(args.launcher) as process:
        try:
            job = _job(args, what, settings())
            started = start(job, build, process, args.restart)
        except (OSError, ValueError) as error:
            parser.error(str(error))
        return _run(job, started, process, what, args.export)


def _with_out_dir(args: argparse.Namespace) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(args), 'out_dir': SCRATCH, 'restart': True}) if args.out_dir is None else args


def _job(args: argparse.Namespace, what: str, settings: Mapping[str, Any]) -> Job:
    paths = expand(args.images)
    pictures = not args.no_pictures
    if pictures and (overwritten := clashes([args.out_dir / name for name in picture_names(paths).values()], paths)):
        raise ValueError(f'the picture {overwritten[0]} would replace an input: choose another --out-dir')
    return Job(paths, args.out_dir, {'version': __version__, 'task': what, 'images': of_names(paths), **settings},
               args.batch_size, args.score_thr, pictures)


def expand(sources: Sequence[str]) -> list[str]:
    """Paths of images, each once, in the order of the sources.

    Args:
        sources: What :func:`.list_images` takes, or ``@FILE``: a text file with the path of an image on each line,
            relative to the working folder. Whether the images exist is checked when their turn comes.

    Raises:
        FileNotFoundError: As :func:`.list_images`.
        ValueError: If a list is not text, or holds nothing.
    """
    paths: dict[str, None] = {}
    for source in sources:
        is_list = source.startswith(LIST_MARK) and not Path(source).exists()
        paths.update(dict.fromkeys(_read_list(Path(source[1:])) if is_list else map(str, list_images(source))))
    return list(paths)


def _read_list(path: Path) -> list[str]:
    if not path.is_file():
        raise FileNotFoundError(f'there is no list of images {path}')
    content = path.read_text(encoding='utf-8-sig', errors='surrogateescape')
    if '\0' in content:
        raise ValueError(f'{path} is not a text file with the path of an image on each line')
    lines = [line for line in content.split('\n') if line.strip()]
    if not lines:
        raise ValueError(f'the list of images {path} holds nothing')
    return [line.removesuffix('\r') for line in lines]


def _run(job: Job, started: Started, process: Process, what: str, kinds: Sequence[str]) -> int:
    console = make_console()
    if process.is_first and started.left < len(job.paths):
        console.print(f'{len(job.paths) - started.left} of {len(job.paths)} images were done before')
    title = what if process.total == 1 else f'{what}, process 1 of {process.total}'
    total = sum(len(started.chunks[index]) for index in started.share)
    try:
        with ProgressReport(console, title, total, hidden=not process.is_first) as progress:

            def on_image(record: Record) -> None:
                if 'error' in record:
                    console.print(record['error'], style='red')
                progress.advance()

            work(job, started, process, on_image)
    except KeyboardInterrupt:
        console.print(f'interrupted; the same command goes on: what is done so far is in {job.out_dir}')
        return INTERRUPTED
    except Exception as error:  # whose own exit code would be that of unreadable images
        traceback.print_exc()
        console.print(f'stopped by an error, {error}; the same command goes on: what is done is in {job.out_dir}')
        return STOPPED
    return process.from_first(_finish(job, kinds, console.print) if process.is_first else ALL_FINE)


def _finish(job: Job, kinds: Sequence[str], tell: Callable[[str], None]) -> int:
    results = job.out_dir / RESULTS
    done = summarize(results)
    tell(f'{done.regions} text regions in {done.images - done.failed} of {done.images} images, {done.failed} '
         f'unreadable: see {results}' + (f' and {job.out_dir / PICTURES}' if job.pictures else ''))
    if done.images <= MOST_SHOWN:
        sys.stdout.writelines(f'{line}\n' for line in (lines_of(results) if 'txt' in kinds else texts_of(results)))
    for kind in kinds:
        path, count = export(results, kind, job.out_dir)
        tell(f'{count} images exported to {path}')
    return SOME_UNREADABLE if done.failed else ALL_FINE


def lines_of(results: Path) -> Iterator[str]:
    """Path of each image that was read, if there are several, and its lines of text."""
    records = [record for record in read_records(results) if 'texts' in record]
    for record in records:
        if len(records) > 1:
            yield f'{record["path"]}:'
        yield from text_lines(record)


def texts_of(results: Path) -> Iterator[str]:
    """Path of each image that was read, and what it says."""
    for record in read_records(results):
        if 'texts' in record:
            yield f'{record["path"]}: {" ".join(record["texts"]) or "no text"}'
