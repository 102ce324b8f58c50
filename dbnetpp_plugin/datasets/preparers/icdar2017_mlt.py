"""ICDAR 2017 MLT (multi-lingual text): https://rrc.cvc.uab.es/?ch=8.

A line is ``x1,y1,x2,y2,x3,y3,x4,y4,script,transcription``: a quadrangle, clockwise, and the script it is written in.
The transcription may hold commas; ``###`` is text that counts neither way. The ground truth of the test images is not
public.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import read_lines, split_line
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from .common import Split, find_splits, report_counts
from .writing import Instances, Summary, write_split

FORM = 'x1,y1,x2,y2,x3,y3,x4,y4,script,transcription'
SPLITS = (
    Split(
        name='train',
        images=('ch8_training_images',),
        annotations=('ch8_training_localization_transcription_gt_v2',),
        annotation_names=('gt_{stem}.txt',),
        official_images=7200,
    ),
    Split(
        name='val',
        images=('ch8_validation_images',),
        annotations=('ch8_validation_localization_transcription_gt_v2',),
        annotation_names=('gt_{stem}.txt',),
        official_images=1800,
    ),
)


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root``.

    The papers train on training and validation images together. So ``train`` is both, and the two are written once more
    as ``train_only`` and ``val`` for whoever wants to choose something by measuring it.

    Args:
        root: Folder of the official download.
        out: The data root to make.

    Returns:
        What was written, by name of the annotation file.

    Raises:
        FileNotFoundError: If no split is there.
        ValueError: If an annotation file cannot be read.
    """
    parts = {split.name: list(samples) for split, samples in find_splits(root, SPLITS, parse)}
    train, val = parts.get('train', []), parts.get('val', [])
    found = {}
    for name, samples, official in (('train', train + val, 9000), ('train_only', train, 7200), ('val', val, 1800)):
        if samples:
            found[name] = write_split(out, name, samples)
            report_counts(name, found[name], official)
    return found


def parse(file: Path) -> Instances:
    """Read one annotation file. Instances have one more field than usual, ``script``.

    Raises:
        ValueError: If a line is not eight numbers, a script and a transcription; the message names file and line.
    """
    instances = []
    for where, line in read_lines(file):
        polygon, [script, text] = split_line(line, where, 8, 2, FORM)
        instance = make_instance(polygon, ignore=is_ignored_text(text), text=text)
        instances.append({**instance, 'script': script})
    return instances
