"""The command line of the conversion of checkpoints."""

import re
import shlex
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmocr.registry import MODELS

from dbnetpp import command
from dbnetpp_plugin.config import own_config
from dbnetpp_plugin.inference.ppocr_weights import load_published, published_file

CONFIG = Path(__file__).parents[2] / 'configs/dbnetpp_r18_ic15.py'
main = command('convert')


@pytest.fixture
def source(tmp_path) -> Path:
    state = {'neck.asf_conv.conv.weight': torch.zeros(256, 256, 3, 3), 'neck.asf_conv.conv.bias': torch.zeros(256),
             'data_preprocessor.mean': torch.zeros(3, 1, 1)}
    torch.save(dict(state_dict=state, meta={}), tmp_path / 'in.pth')
    return tmp_path / 'in.pth'


def test_says_what_was_written_left_out_and_needed(source, tmp_path, capsys):
    main(['--from', 'mmocr', str(source), str(tmp_path / 'out.pth')])
    assert capsys.readouterr().out.splitlines() == [
        f'{tmp_path}/out.pth: 2 parameters',
        'left out: meta (description of a training)',
        'left out: data_preprocessor.mean (mean and deviation are those of the config)',
        'trained with: --cfg-options model.neck.asf.inner_channels=256',
    ]


def test_printed_options_are_those_that_it_takes(tmp_path, capsys):
    state = {'decoder.in5.weight': torch.zeros(256, 512, 1, 1)}
    torch.save(state, tmp_path / 'in.pth')
    main(['--from', 'official', str(tmp_path / 'in.pth'), str(tmp_path / 'out.pth')])
    options = shlex.split(re.search('trained with: --cfg-options (.+)', capsys.readouterr().out)[1])
    assert options == ['model.data_preprocessor.mean=[122.67891434,116.66876762,104.00698793]',
                       'model.data_preprocessor.std=[255.0,255.0,255.0]', 'model.data_preprocessor.bgr_to_rgb=False']


def test_options_change_the_config_that_is_checked(tmp_path, capsys):
    config = Config.fromfile(CONFIG)
    config.model.neck.asf.inner_channels = 256
    torch.save(MODELS.build(config.model).state_dict(), tmp_path / 'in.pth')
    arguments = ['--from', 'mmocr', str(tmp_path / 'in.pth'), str(tmp_path / 'out.pth'), '--config', str(CONFIG)]
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 1
    assert re.search(r'has shape \(256, 256, 3, 3\), and \(64, 256, 3, 3\) in the model', capsys.readouterr().err)
    main([*arguments, '--cfg-options', 'model.neck.asf.inner_channels=256'])
    assert re.fullmatch(r'.*out.pth: \d+ parameters\n', capsys.readouterr().out)


@pytest.mark.parametrize(('arguments', 'message', 'code'), [
    (['--from', 'mmocr', 'none.pth', 'out.pth'], 'there is no weights file none.pth', 1),
    (['--from', 'mmocr', 'none.pth', 'out.pth', '--config', 'none.py'], 'there is no config file none.py', 1),
    (['--from', 'mmocr', 'none.pth', 'out.pth', '--cfg-options', 'a=1'], '--cfg-options needs --config', 2),
    (['none.pth', 'out.pth'], '--from', 2),
])
def test_mistakes_are_one_sentence(arguments, message, code, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == code
    error = capsys.readouterr().err
    assert message in error
    assert 'Traceback' not in error


@pytest.fixture(scope='module')
def ppocr_file() -> Path:
    return published_file('PP-OCRv6_small_det')


def test_ppocr(ppocr_file, tmp_path, capsys):
    out = tmp_path / 'new' / 'out.pth'
    main(['--from', 'ppocr', str(ppocr_file), str(out), '--config', str(own_config('dbnet_pplcnetv4s_ppocrv6'))])
    assert capsys.readouterr().out == f'{out}: 168 parameters\n'
    converted, published = torch.load(out, weights_only=True), load_published('ppocr://PP-OCRv6_small_det')
    assert converted['state_dict'].keys() == published['state_dict'].keys()
    assert all(torch.equal(values, published['state_dict'][name]) for name, values in converted['state_dict'].items())
    assert converted['meta']['sha256'] == published['meta']['sha256']


def test_ppocr_settings_that_a_config_has_otherwise(ppocr_file, tmp_path, capsys):
    main(['--from', 'ppocr', str(ppocr_file), str(tmp_path / 'out.pth'), '--config',
          str(own_config('dbnet_pplcnetv4s_ppocrv6')), '--cfg-options', 'model.data_preprocessor.bgr_to_rgb=True'])
    assert capsys.readouterr().out.splitlines()[1:] == [
        'trained with: --cfg-options model.data_preprocessor.bgr_to_rgb=False']


@pytest.mark.parametrize(('config', 'options', 'message'), [
    ('dbnet_pplcnetv4t_ppocrv6', [], r'was not converted: parameter 0 of the file is a convolution of shape '
                                     r'\(24, 3, 3, 3\), where the model has the convolution '
                                     r'backbone.stem.conv1.weight of '
                                     r'shape \(16, 3, 3, 3\)'),
    ('dbnet_pplcnetv4s_ppocrv6', ['model.det_head.with_norm=True'], 'where the model has the batch normalisation'),
])
def test_ppocr_of_another_network_is_refused(ppocr_file, tmp_path, capsys, config, options, message):
    with pytest.raises(SystemExit) as stop:
        main(['--from', 'ppocr', str(ppocr_file), str(tmp_path / 'out.pth'), '--config', str(own_config(config)),
              *(['--cfg-options', *options] if options else [])])
    assert stop.value.code == 1
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / 'out.pth').exists()


def test_ppocr_maps_that_differ_are_refused(ppocr_file, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr('dbnetpp_plugin.models.necks.rse_fpn._SLOPE', 0.1)
    with pytest.raises(SystemExit):
        main(['--from', 'ppocr', str(ppocr_file), str(tmp_path / 'out.pth'), '--config',
              str(own_config('dbnet_pplcnetv4s_ppocrv6'))])
    assert 'the model gives other probabilities than the file, by up to 0.' in capsys.readouterr().err
    assert not (tmp_path / 'out.pth').exists()


@pytest.mark.parametrize('options', [[], ['model.data_preprocessor.mean=[0,0,0]']])
def test_ppocr_recognizer(tmp_path, capsys, options):
    out = tmp_path / 'out.pth'
    main(['--from', 'ppocr', str(published_file('PP-OCRv6_small_rec')), str(out), '--config',
          str(own_config('svtr_pplcnetv4s_ppocrv6')), *(['--cfg-options', *options] if options else [])])
    printed = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf'{out}: \d+ parameters', printed[0])
    reported = 'trained with: --cfg-options model.data_preprocessor.mean=[127.5,127.5,127.5]'
    assert printed[1:] == [reported] * len(options)
    converted, published = torch.load(out, weights_only=True), load_published('ppocr://PP-OCRv6_small_rec')
    assert all(torch.equal(values, published['state_dict'][name]) for name, values in converted['state_dict'].items())


def test_ppocr_file_whose_suffix_is_in_capitals(ppocr_file, tmp_path, capsys):
    (tmp_path / 'DET.ONNX').write_bytes(ppocr_file.read_bytes())
    main(['--from', 'ppocr', str(tmp_path / 'DET.ONNX'), str(tmp_path / 'out.pth'), '--config',
          str(own_config('dbnet_pplcnetv4s_ppocrv6'))])
    assert 'out.pth: 168 parameters' in capsys.readouterr().out


def test_ppocr_other_characters_are_refused(tmp_path, capsys):
    characters = own_config('svtr_pplcnetv4s_ppocrv6').parent / '_base_' / 'dicts' / 'ppocrv6.txt'
    symbols = characters.read_text('utf-8').split('\n')
    symbols[2:4] = symbols[3:1:-1]
    (tmp_path / 'other.txt').write_text('\n'.join(symbols), 'utf-8')
    with pytest.raises(SystemExit):
        main(['--from', 'ppocr', str(published_file('PP-OCRv6_small_rec')), str(tmp_path / 'out.pth'), '--config',
              str(own_config('svtr_pplcnetv4s_ppocrv6')), '--cfg-options',
              f'model.decoder.dictionary.dict_file={tmp_path / "other.txt"}'])
    assert "character 2 of the file is '#', and '$' in the dictionary of the config" in capsys.readouterr().err
    assert not (tmp_path / 'out.pth').exists()


def test_ppocr_needs_a_config(ppocr_file, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(['--from', 'ppocr', str(ppocr_file), str(tmp_path / 'out.pth')])
    assert stop.value.code == 2
    assert '--from ppocr needs --config' in capsys.readouterr().err
