"""LabelMe's format, which X-AnyLabeling shares: a JSON file an image, of the image's name.

Each of ``shapes`` is a polygon, or a rectangle of two or four points. Its transcription is ``description``, or else
``label``. It is ignored if that is ``###``, or if it has a flag ``difficult`` or ``ignore``.
"""

from pathlib import Path
from typing import Any

from dbnetpp_plugin.annotations.lines import read_text
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from ..common import pair_files
from ..images import find_images
from ..writing import Sample
from .parts import Options, flatten, get, is_ignored, known, parse_json, place_of, rectangle, size_of

OUTLINES = ('polygon', 'rectangle', 'rotation', 'quadrilateral')


def read(images: Path, annotations: Path, options: Options) -> list[Sample]:
    """Read the annotation file of each image.

    Raises:
        ValueError: If one cannot be read; the message names file and shape.
    """
    pairs = pair_files(find_images(images, True, options.skip), annotations, ('{stem}.json',), True, options.skip)
    return [parse(image, file)._replace(place=place_of(image, images)) for image, file in pairs]


def parse(image: Path, file: Path) -> Sample:
    """Read one annotation file.

    Raises:
        ValueError: If it cannot be read; the message names file and shape.
    """
    record = parse_json(read_text(file), str(file), dict)
    shapes = get(record, 'shapes', list, str(file))
    instances = [_parse_shape(shape, f'{file}, shape {number}') for number, shape in enumerate(shapes, 1)]
    return Sample(image, image.name, instances, size_of(record.get('imageWidth'), record.get('imageHeight')))


def _parse_shape(shape: Any, where: str) -> dict:
    polygon = flatten(get(shape, 'points', list, where), where)
    kind = shape.get('shape_type', 'polygon')
    if kind not in OUTLINES:
        raise ValueError(f'{where}: expected a shape of type {" or ".join(OUTLINES)}, got {kind!r}')
    if kind == 'rectangle' and len(polygon) == 4:
        polygon = rectangle(*polygon)
    text = known(shape.get('description')) or known(shape.get('label'))
    flags = shape.get('flags') or {}
    if not isinstance(flags, dict):
        raise ValueError(f'{where}: expected flags {{"difficult": true}}, got {flags!r:.80}')
    ignore = is_ignored(text, shape.get('difficult'), flags.get('difficult'), flags.get('ignore'))
    return make_instance(polygon, ignore=ignore, text=text)
