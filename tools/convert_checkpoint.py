#!/usr/bin/env python
"""Convert a checkpoint of MMOCR or of the official code (github.com/MhLiao/DB) to one of this package.

    python tools/convert_checkpoint.py --from mmocr dbnetpp_r50dcnv2.pth weights.pth \\
        --config configs/dbnetpp_r50_dcnv2_ic15.py --cfg-options model.neck.asf.inner_channels=256
    python tools/convert_checkpoint.py --from official td500_resnet50 weights.pth

With --config, every parameter must fit the model. What is left out is named with its reason, and so are the options
that the weights were trained with and the config has otherwise. See docs/weights.md.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mmengine.config import Config, DictAction

from dbnetpp_plugin.apis.checkpoint_conversion import convert_checkpoint, differing_settings
from dbnetpp_plugin.apis.model_building import load_config
from dbnetpp_plugin.conversion import LAYOUTS, Converted


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', metavar='IN', help='path or address of the checkpoint')
    parser.add_argument('target', metavar='OUT', help='file to write')
    parser.add_argument('--from', dest='layout', choices=LAYOUTS, required=True, help='whose checkpoint it is')
    parser.add_argument('--config', help='of the model that the weights are for')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={}, metavar='KEY=VALUE',
                        help='options of the config to change')
    args = parser.parse_args(arguments)
    if args.cfg_options and not args.config:
        parser.error('--cfg-options needs --config, whose options it changes')
    try:
        config = _config(args.config, args.cfg_options)
        converted = convert_checkpoint(args.source, args.target, args.layout, config)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')
    settings = differing_settings(converted, args.layout, config)
    print('\n'.join(report(converted, args.target, settings)))  # noqa: T201


def report(converted: Converted, target: str, settings: dict[str, Any]) -> list[str]:
    """Lines that say what was written, what was left out, and what to run it with."""
    lines = [f'{target}: {len(converted.state_dict)} parameters']
    names_by_reason = defaultdict(list)
    for name, reason in converted.left_out.items():
        names_by_reason[reason].append(name)
    lines += [f'left out: {", ".join(names)} ({reason})' for reason, names in names_by_reason.items()]
    if settings:
        options = [f'{name}={str(value).replace(" ", "")}' for name, value in settings.items()]
        lines.append(f'trained with: --cfg-options {" ".join(options)}')
    return lines


def _config(file: str | None, options: dict[str, Any]) -> Config | None:
    if file is None:
        return None
    config = load_config(file)
    config.merge_from_dict(options)
    return config


if __name__ == '__main__':
    main()
