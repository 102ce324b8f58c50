"""Convert weights of MMOCR, of the official code or of PP-OCR to a checkpoint of this package.

    dbnetpp convert --from mmocr dbnetpp_r50dcnv2.pth weights.pth \\
        --config configs/dbnetpp_r50_dcnv2_ic15.py --cfg-options model.neck.asf.inner_channels=256
    dbnetpp convert --from official td500_resnet50 weights.pth
    dbnetpp convert --from ppocr inference.onnx weights.pth --config configs/dbnet_pplcnetv4s_ppocrv6.py
    dbnetpp convert --from ppocr inference.json weights.pth --config configs/svtr_pplcnetv3_ppocrv5.py

The official code is github.com/MhLiao/DB. Of PP-OCR, it takes what PaddleOCR exports: an .onnx file, or inference.json
with inference.pdiparams beside it; that needs --config. With --config, every parameter must fit the model. What is left
out is named with its reason, and so are the options that the weights were trained with and the config has otherwise.
See docs/weights.md.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .config_options import add_config_options, parse_config_options

if TYPE_CHECKING:
    from dbnetpp_plugin.conversion import Converted

NEEDS_OPENMMLAB = True
PPOCR = 'ppocr'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add both files, whose checkpoint it is, and the config that it is for."""
    from dbnetpp_plugin.conversion import LAYOUTS

    parser.add_argument('source', metavar='IN', help='path or address of the checkpoint')
    parser.add_argument('target', metavar='OUT', help='file to write')
    parser.add_argument('--from', dest='layout', choices=(*LAYOUTS, PPOCR), required=True, help='whose weights')
    parser.add_argument('--config', help='of the model that the weights are for')
    add_config_options(parser)


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Convert the checkpoint, and say what became of it.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If the checkpoint is not one of that layout, or does not fit the config.
    """
    from dbnetpp_plugin.config import load_config
    from dbnetpp_plugin.conversion.checkpoint import convert_checkpoint, differing_settings, settings_of
    from dbnetpp_plugin.conversion.ppocr_checkpoint import convert_ppocr
    if args.cfg_options and not args.config:
        parser.error('--cfg-options needs --config, whose options it changes')
    config = None
    if args.config:
        options = parse_config_options(args.cfg_options, parser)
        config = load_config(args.config)
        config.merge_from_dict(options)
    if args.layout == PPOCR:
        if config is None:
            parser.error('--from ppocr needs --config: names in its files say nothing, so layers are told by order')
        converted, settings = convert_ppocr(args.source, args.target, config)
    else:
        converted = convert_checkpoint(args.source, args.target, args.layout, config)
        settings = settings_of(converted, args.layout)
    settings = differing_settings(settings, config)
    sys.stdout.writelines(f'{line}\n' for line in report(converted, args.target, settings))


def report(converted: 'Converted', target: str, settings: dict[str, Any]) -> Iterator[str]:
    """Lines that say what was written, what was left out, and what to run it with."""
    yield f'{target}: {len(converted.state_dict)} parameters'
    names_by_reason = defaultdict(list)
    for name, reason in converted.left_out.items():
        names_by_reason[reason].append(name)
    for reason, names in names_by_reason.items():
        yield f'left out: {", ".join(names)} ({reason})'
    if settings:
        options = [f'{name}={str(value).replace(" ", "")}' for name, value in settings.items()]
        yield f'trained with: --cfg-options {" ".join(options)}'
