"""ICDAR's format: a text file per image, ``NAME.txt`` or ``gt_NAME.txt``.

A line is ``x1,y1,x2,y2,x3,y3,x4,y4,transcription``; the transcription, and the comma before it, may be missing. With
another number of points, or any number, lines are read in the same way where the options say so. If every line of the
data set has a script before its transcription, as in ICDAR 2017 MLT, it is taken off.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.lines import read_text
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.text_lines import read_text_lines

from ..common import pair_files
from ..images import find_images
from ..writing import Sample
from .parts import Options, place_of

NAMES = ('gt_{stem}.txt', '{stem}.txt')
USUAL_POINTS = 4


def read(images: Path, annotations: Path, options: Options) -> list[Sample]:
    """Read the annotation file of each image, subfolders included.

    Raises:
        ValueError: If a line cannot be read, or in more than one way; the message names file and line.
    """
    pairs = pair_files(find_images(images, True, options.skip), annotations, NAMES, True, options.skip)
    points = None if options.points == 'any' else options.points or USUAL_POINTS
    contents = {str(file): read_text(file) for _, file in pairs}
    texts = read_text_lines(contents, points, certain=options.points is not None)
    return [
        Sample(image, place_of(image, images), [
            make_instance(line.outline, ignore=line.ignored, text=line.text) for line in texts[str(file)]])
        for image, file in pairs]
