"""ICDAR 2017 MLT (multi-lingual text): https://rrc.cvc.uab.es/?ch=8.

A line is ``x1,y1,x2,y2,x3,y3,x4,y4,script,transcription``: a quadrangle, clockwise, and the script it is written in.
The transcription may hold commas; ``###`` is text that counts neither way. The ground truth of the test images is not
public.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.text_lines import read_official

from .common import Split, find_splits, report_counts
from .leftovers import clear_annotations
from .writing import Instances, Summary, write_split

POINTS = 4
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
    clear_annotations(out, found)
    return found


def parse(file: Path) -> Instances:
    """Read one annotation file. Instances have one more field than usual, ``script``.

    Raises:
        ValueError: If a line is not eight numbers, a script and a transcription; the message names file and line.
    """
    return [{**make_instance(line.outline, ignore=line.ignored, text=line.text), 'script': line.script}
            for line in read_official(file, POINTS, scripted=True)]
