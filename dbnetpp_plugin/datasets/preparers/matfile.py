"""Reading a cell array from a MATLAB file one cell at a time, however large the array is.

Files of level 5 only, which MATLAB writes with ``save -v6`` and ``-v7``
(https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf). Such a file is a header and a row of elements. An
element is a tag, of type and size in bytes, and its data. A variable is a matrix element, alone or inside a compressed
one. A cell array is a matrix whose data are one matrix a cell.
"""

import io
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

Cell = NDArray | list[str]

HEADER_SIZE = 128
CHUNK = 1 << 16
MATRIX, COMPRESSED = 14, 15
CELLS, CHARACTERS = 1, 4
STORED_AS = {1: 'i1', 2: 'u1', 3: '<i2', 4: '<u2', 5: '<i4', 6: '<u4', 7: '<f4', 9: '<f8', 12: '<i8', 13: '<u8'}
NUMBERS = {6: 'f8', 7: 'f4', 8: 'i1', 9: 'u1', 10: 'i2', 11: 'u2', 12: 'i4', 13: 'u4', 14: 'i8', 15: 'u8'}
ENCODINGS = {1: 'latin-1', 2: 'latin-1', 4: 'utf-16-le', 16: 'utf-8', 17: 'utf-16-le', 18: 'utf-32-le'}


class Matrix(NamedTuple):
    """What a matrix element says before its data."""

    kind: int
    shape: tuple[int, ...]
    name: str


def read_cells(file: Path, *names: str) -> Iterator[Cell]:
    """Read the cells of a cell array; memory does not grow with their number.

    Args:
        file: A MATLAB file of level 5.
        *names: Names the variable goes by.

    Yields:
        The cells, column by column: an array of numbers, or the rows of an array of characters.

    Raises:
        ValueError: If it is another file, or damaged; the message names file, variable and cell.
    """
    with file.open('rb') as opened:
        _check_header(opened.read(HEADER_SIZE), file)
        stream, matrix = _find(opened, names, file)
        for number in range(math.prod(matrix.shape)):
            try:
                cell = _read_cell(stream)
            except (ValueError, struct.error, zlib.error) as error:
                raise ValueError(f'{file}, {matrix.name} cell {number} cannot be read: {error}') from error
            yield cell


def _check_header(header: bytes, file: Path) -> None:
    if header[124:128] == b'\x00\x02IM':
        raise ValueError(f'{file} is a MATLAB 7.3 file: load it in MATLAB and save it again with save -v7')
    if header[124:128] != b'\x00\x01IM':
        raise ValueError(f'{file} is not a MATLAB file of level 5')


def _find(opened: IO[bytes], names: tuple[str, ...], file: Path) -> tuple[IO[bytes], Matrix]:
    """Go to the data of a cell array."""
    seen = []
    try:
        while tag := opened.read(8):
            kind, size = struct.unpack('<II', tag)
            end = opened.tell() + size
            stream: IO[bytes] = io.BufferedReader(_Inflated(opened, size), CHUNK) if kind == COMPRESSED else opened
            if kind == COMPRESSED:
                kind, _ = _read_tag(stream)[:2]
            if kind == MATRIX:
                matrix = _read_matrix(stream)
                if matrix.name in names and matrix.kind == CELLS:
                    return stream, matrix
                seen.append(matrix.name)
            opened.seek(end)
    except (ValueError, struct.error, zlib.error) as error:
        raise ValueError(f'{file} cannot be read: {error}') from error
    raise ValueError(f'{file} holds no cell array {" or ".join(names)}, but {", ".join(seen) or "nothing"}')


class _Inflated(io.RawIOBase):
    """The content of a compressed element."""

    def __init__(self, opened: IO[bytes], size: int) -> None:
        self._opened, self._left, self._inflater = opened, size, zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = b''
        while not data and (self._inflater.unconsumed_tail or self._left):
            packed = self._inflater.unconsumed_tail or self._opened.read(min(CHUNK, self._left))
            if not self._inflater.unconsumed_tail:
                self._left = self._left - len(packed) if packed else 0
            data = self._inflater.decompress(packed, len(buffer))
        buffer[:len(data)] = data
        return len(data)


def _read_matrix(stream: IO[bytes]) -> Matrix:
    flags = struct.unpack_from('<I', _read_element(stream)[1])[0]
    if flags & 0x800:
        raise ValueError('complex numbers are not read')
    kind, shape = _read_element(stream)
    _, name = _read_element(stream)
    return Matrix(flags & 0xFF, tuple(np.frombuffer(shape, STORED_AS[kind]).tolist()), name.decode())


def _read_cell(stream: IO[bytes]) -> Cell:
    kind, size, _ = _read_tag(stream)
    if kind != MATRIX:
        raise ValueError(f'expected a matrix, got an element of type {kind}')
    if not size:
        return np.empty((0, 0))
    matrix = _read_matrix(stream)
    if matrix.kind not in NUMBERS and matrix.kind != CHARACTERS:
        raise ValueError(f'arrays of class {matrix.kind} are not read')
    kind, data = _read_element(stream)
    if matrix.kind == CHARACTERS:
        return _rows(data.decode(ENCODINGS[kind]), matrix.shape)
    return np.frombuffer(data, STORED_AS[kind]).astype(NUMBERS[matrix.kind]).reshape(matrix.shape, order='F')


def _rows(text: str, shape: tuple[int, ...]) -> list[str]:
    """Rows of an array of characters, which is stored column by column."""
    return [text[row::shape[0]] for row in range(shape[0])] if text else []


def _read_element(stream: IO[bytes]) -> tuple[int, bytes]:
    kind, size, data = _read_tag(stream)
    if data is None:
        data = _read(stream, size)
        stream.read(-size % 8)
    return kind, data


def _read_tag(stream: IO[bytes]) -> tuple[int, int, bytes | None]:
    """Type, size and, of an element so small that they fit into the tag, the data."""
    tag = _read(stream, 8)
    kind, size = struct.unpack('<II', tag)
    if kind >> 16:
        return kind & 0xFFFF, kind >> 16, tag[4:4 + (kind >> 16)]
    return kind, size, None


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise ValueError('the file ends too early')
    return data
