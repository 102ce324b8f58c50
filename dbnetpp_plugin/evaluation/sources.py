"""Reading ground truth and predictions, whatever they are kept in."""

import zipfile
from pathlib import Path, PurePosixPath

from dbnetpp_plugin.annotations.lines import LINE_END

from .json_files import read_json
from .text_files import read_ground_truths, read_predictions
from .text_image import TextImage

SUFFIXES = ('.txt', '.gt')
JSON_SUFFIXES = ('.json', '.jsonl')


def load_ground_truths(source: Path, points: int | None) -> dict[str, TextImage]:
    """Read ground truth.

    Args:
        source: A zip file or folder of text files, or a JSON file.
        points: How many points an outline in a text file has; None where that is free.

    Raises:
        FileNotFoundError: If there is nothing.
        ValueError: If something cannot be read; the message names file and line.
    """
    if source.suffix.lower() in JSON_SUFFIXES:
        return read_json(source)
    return read_ground_truths(read_texts(source), points)


def load_predictions(source: Path, points: int | None, with_text: bool = False) -> dict[str, TextImage]:
    """Read predictions, as :func:`load_ground_truths`.

    Args:
        source: A zip file or folder of text files, or a JSON file.
        points: How many points an outline in a text file has; None where that is free.
        with_text: Whether the transcription is needed.
    """
    if source.suffix.lower() in JSON_SUFFIXES:
        return read_json(source)
    return read_predictions(read_texts(source), points, with_text)


def read_texts(source: Path) -> dict[str, str]:
    """Read all text files anywhere inside a folder or zip file. Hidden ones are none.

    Returns:
        Name -> content, in the order of names.

    Raises:
        FileNotFoundError: If there is no such folder or zip file.
        ValueError: If there is no text file in it, or one is not UTF-8, with or without a byte order mark.
    """
    if source.is_dir():
        contents = {str(path): path.read_bytes() for path in sorted(source.rglob('*'))
                    if path.is_file() and _is_text(path.relative_to(source).as_posix())}
    elif source.is_file():
        contents = _unzip(source)
    else:
        raise FileNotFoundError(f'there is no zip file, folder or JSON file {source}')
    if not contents:
        raise ValueError(f'{source} holds no text file ({", ".join(SUFFIXES)})')
    return {name: _decode(name, content) for name, content in contents.items()}


def _unzip(source: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(source) as archive:
            names = sorted(name for name in archive.namelist() if _is_text(name))
            return {f'{source}/{name}': archive.read(name) for name in names}
    except zipfile.BadZipFile as error:
        raise ValueError(f'{source} is not a zip file, folder or JSON file: {error}') from error


def _is_text(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not any(
        part.startswith('.') or part == '__MACOSX' for part in path.parts)


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        line = len(LINE_END.split(content[:error.start].decode('utf-8-sig')))
        raise ValueError(f'{name}, line {line}: not UTF-8 text ({error.reason})') from error
