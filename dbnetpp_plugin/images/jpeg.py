"""The segments of a JPEG file (ITU-T T.81, annex B): where the pixels begin, and what stands before them."""

from collections.abc import Iterator
from typing import NamedTuple

START, END = b'\xff\xd8', b'\xff\xd9'
_SCAN, _APP1 = 0xDA, 0xE1
_EXIF = b'Exif\x00\x00'


class Segment(NamedTuple):
    """A part of the file before its first scan, as offsets of bytes."""

    marker: int
    start: int
    end: int


def header_segments(data: bytes) -> Iterator[Segment]:
    """Segments between the start of the file and its first scan.

    A segment is a marker of two bytes, a length of two bytes that counts itself, and content. Bytes of 0xFF may fill
    the space before a marker.
    """
    position = start = len(START)
    while position + 4 <= len(data) and data[position] == 0xFF and data[position + 1] != _SCAN:
        if data[position + 1] == 0xFF:  # fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2:position + 4], 'big')
        yield Segment(data[position + 1], start, end)
        position = start = end


def scan_start(data: bytes) -> int:
    """Offset of the first scan: behind it the bytes of an end marker mean nothing else, before it they may be part of
    a thumbnail. Where the segments are damaged or there is no scan, the length of the data.
    """
    position = max((segment.end for segment in header_segments(data)), default=len(START))
    while data[position:position + 2] == b'\xff\xff':  # fill bytes
        position += 1
    return position if data[position:position + 2] == bytes((0xFF, _SCAN)) else len(data)


def without_exif(data: bytes) -> bytes:
    """A JPEG file without its EXIF segments; every other byte stays."""
    kept, position = [data[:len(START)]], len(START)
    for segment in header_segments(data):
        if not (segment.marker == _APP1 and _EXIF in data[segment.start:segment.end][:len(_EXIF) + 16]):
            kept.append(data[segment.start:segment.end])
        position = segment.end
    return b''.join([*kept, data[position:]])
