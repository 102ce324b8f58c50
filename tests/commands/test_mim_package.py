"""An ordinary install: source distribution, wheel, folder; then the ecosystem's commands by the package's name."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ('dbnetpp_plugin', 'dbnetpp.py', 'configs',
           'tools', 'requirements', 'docs', 'setup.py', 'pyproject.toml', 'MANIFEST.in',
           'README.md', 'model-index.yml')


def run(*command: object, **options) -> str:
    """Output of a command; it is shown when the command fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@pytest.fixture(scope='module')
def source(tmp_path_factory) -> Path:
    """Sources as a source distribution has them."""
    folder = tmp_path_factory.mktemp('source')
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns('__pycache__'))
        else:
            shutil.copy2(ROOT / name, folder / name)
    run(sys.executable, 'setup.py', '--quiet', 'sdist', cwd=folder)
    with tarfile.open(next((folder / 'dist').glob('*.tar.gz'))) as archive:
        archive.extractall(folder / 'unpacked', filter='data')
    return next((folder / 'unpacked').iterdir())


@pytest.fixture(scope='module')
def installed(source, tmp_path_factory) -> Path:
    """Folder with the package, from a wheel."""
    folder = tmp_path_factory.mktemp('installed')
    pip = [sys.executable, '-m', 'pip', '--quiet', '--disable-pip-version-check']
    run(*pip, 'wheel', '--no-deps', '--no-build-isolation', '--wheel-dir', folder, source)
    run(*pip, 'install', '--no-deps', '--target', folder / 'site', next(folder.glob('*.whl')))
    return folder / 'site'


@pytest.fixture(scope='module')
def installed_mim(installed, tmp_path_factory) -> Callable[..., str]:
    """Run a ``mim`` command that finds the installed package, outside of the source tree."""
    command = Path(sys.executable).with_name('mim')
    environment = dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(installed))
    folder = tmp_path_factory.mktemp('cwd')
    return lambda *arguments: run(command, *arguments, env=environment, cwd=folder)


def files_below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob('*')
            if file.is_file() and '__pycache__' not in file.parts}


def test_install_has_all_configs_and_tools(installed):
    mim = installed / 'dbnetpp_plugin/.mim'
    assert files_below(mim / 'configs') == files_below(ROOT / 'configs')
    assert files_below(mim / 'tools') == files_below(ROOT / 'tools')
    assert (mim / 'model-index.yml').read_text() == (ROOT / 'model-index.yml').read_text()
    assert (installed / 'dbnetpp_plugin/py.typed').exists()
    with zipfile.ZipFile(next(installed.parent.glob('*.whl'))) as wheel:
        assert not [name for name in wheel.namelist() if '__pycache__' in name]


def test_building_leaves_the_sources_as_they_are(source, installed):
    assert installed.exists()  # it was built from these sources
    assert not (source / 'dbnetpp_plugin/.mim').exists()
    assert files_below(source / 'dbnetpp_plugin') == files_below(ROOT / 'dbnetpp_plugin')


def test_metadata_is_found_by_the_functions_behind_search(installed):
    code = 'from mim.commands.search import get_model_info; print(get_model_info("dbnetpp_plugin").T)'
    table = run(sys.executable, '-W', 'ignore', '-c', code, env=dict(os.environ, PYTHONPATH=str(installed)),
                cwd=installed.parent)
    assert 'dbnetpp_mbv3l_synth' in table
    assert '0.8305' in table


@pytest.mark.skipif(version('click') == '8.3.0', reason='with click 8.3.0, mim cannot parse the options of search')
def test_search_lists_measured_models(installed_mim):
    assert 'dbnetpp_mbv3l_synth' in installed_mim('search', 'dbnetpp_plugin')
    shown = installed_mim('search', 'dbnetpp_plugin', '--model', 'dbnetpp', '--field', 'config')
    assert 'dbnetpp_mbv3l_synth' in shown


def test_train_and_test_by_name(installed_mim, installed, synth_data, tmp_path):
    options = ['--work-dir', tmp_path, '--cfg-options', 'model.backbone.arch=small',
               'model.neck.in_channels=[16,24,48,576]', 'train_dataloader.batch_size=2',
               *(f'{split}_dataloader.{option}' for split in ('train', 'val', 'test')
                 for option in (f'dataset.data_root={synth_data}', 'num_workers=0', 'persistent_workers=False')),
               'train_cfg.max_iters=2', 'train_cfg.val_interval=2', 'default_hooks.checkpoint.interval=2',
               'default_hooks.logger.interval=1']
    log = installed_mim('train', 'dbnetpp_plugin', 'dbnetpp_mbv3l_synth.py', *options)
    assert f'{installed}/dbnetpp_plugin/.mim/configs/synthetic/dbnetpp_mbv3l_synth.py' in log
    assert 'loss_prob' in log
    assert (tmp_path / 'iter_2.pth').exists()
    log = installed_mim('test', 'dbnetpp_plugin', 'dbnetpp_mbv3l_synth.py', '--checkpoint', tmp_path / 'iter_2.pth',
                        *options)
    assert 'icdar2015/hmean' in log


def test_every_model_of_the_index_has_a_config_of_its_name():
    from modelindex.load_model_index import load

    models = load(str(ROOT / 'model-index.yml')).models
    assert len(models) >= 1
    for model in models:
        assert Path(model.config).stem == model.name
        assert (ROOT / model.config).is_file()
        assert model.results, f'{model.name} is listed without a result'
