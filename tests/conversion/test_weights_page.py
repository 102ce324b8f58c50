"""What docs/weights.md tells people to write."""

import re
from pathlib import Path

from mmengine.config import Config
from official_model import official_shapes
from random_weights import random_state

from dbnetpp_plugin.conversion import OFFICIAL, convert_state_dict
from dbnetpp_plugin.conversion.checkpoint import differing_settings, settings_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / 'docs/weights.md').read_text()


def test_config_for_official_weights_has_all_their_settings(tmp_path):
    code = re.search(r'```python\n(.+?)```', PAGE, re.DOTALL)[1]
    file = tmp_path / 'official.py'
    file.write_text(code.replace("_base_ = '", f"_base_ = '{ROOT}/configs/"))
    converted = convert_state_dict(random_state(official_shapes(50, True, 'scale_channel_spatial')), OFFICIAL)
    assert differing_settings(settings_of(converted, 'official'), Config.fromfile(file)) == {}


def test_named_configs_exist():
    names = {name for name in re.findall(r'`(?:configs/)?(dbnet(?:pp)?_r\d\w+?)(?:\.py)?`', PAGE)
             if not name.startswith(('dbnet_resnet', 'dbnetpp_resnet'))}
    assert len(names) >= 7
    assert all((ROOT / f'configs/{name}.py').is_file() for name in names)


def test_reasons_are_those_of_the_conversion():
    for reason in OFFICIAL.left_out.values():
        assert reason in PAGE
