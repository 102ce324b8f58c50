"""What a public repository has: licence, notice, citation, workflow; and that they agree with the rest."""

import hashlib
import re
import subprocess
import sys
from email import message_from_string
from pathlib import Path

import pytest
import yaml

from dbnetpp_plugin.version import __version__

ROOT = Path(__file__).parents[1]
DEV = dict(re.findall(r'^(\S+)==(\S+)$', (ROOT / 'requirements/dev.txt').read_text(), re.M))


def test_licence_is_the_standard_text():
    """The hash of https://www.apache.org/licenses/LICENSE-2.0.txt."""
    assert hashlib.sha256((ROOT / 'LICENSE').read_bytes()).hexdigest() == (
        'cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30')


def test_metadata_of_a_wheel_holds_licence_and_notice(tmp_path):
    subprocess.run([sys.executable, 'setup.py', '-q', 'egg_info', '--egg-base', str(tmp_path),
                    'dist_info', '--output-dir', str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (folder,) = tmp_path.glob('*.dist-info')
    metadata = message_from_string((folder / 'METADATA').read_text('utf-8'))
    assert metadata.get_all('License-File') == ['LICENSE', 'NOTICE']
    assert (metadata['License'] or metadata['License-Expression']) == 'Apache-2.0'
    for name in ('LICENSE', 'NOTICE'):
        assert next(folder.rglob(name)).read_bytes() == (ROOT / name).read_bytes()


def test_source_distributions_hold_the_files_for_readers():
    included = (ROOT / 'MANIFEST.in').read_text().split()
    for name in ('LICENSE', 'NOTICE', 'CITATION.cff', 'CONTRIBUTING.md', 'CHANGELOG.md'):
        assert name in included
        assert (ROOT / name).is_file()


def test_citation():
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text('utf-8'))
    assert citation['version'] == __version__
    assert citation['license'] == 'Apache-2.0'
    assert [paper['url'] for paper in citation['references']] == [
        'https://arxiv.org/abs/1911.08947', 'https://arxiv.org/abs/2202.10304']


def test_hooks_have_the_versions_of_make_lint():
    hooks = yaml.safe_load((ROOT / '.pre-commit-config.yaml').read_text())['repos']
    assert hooks[0]['rev'] == f'v{DEV["ruff"]}'
    assert hooks[1]['hooks'][0]['name'] == f'mypy {DEV["mypy"]} of .venv'


def test_workflow_runs_what_a_change_must_pass():
    jobs = yaml.safe_load((ROOT / '.github/workflows/ci.yml').read_text())['jobs']
    assert jobs['tests']['strategy']['matrix']['python'] == ['3.10', '3.11', '3.12', '3.13']
    assert jobs['tests']['steps'][-1] == {'run': '.ci/run'}
    lowest = ' '.join(step.get('run', '') for step in jobs['lowest-versions']['steps'])
    assert 'requirements/lowest.txt' in lowest


@pytest.mark.parametrize('path', re.findall(r'\]\(([\w./]+)\)', (ROOT / 'CONTRIBUTING.md').read_text('utf-8')))
def test_links_of_the_guide_exist(path):
    assert (ROOT / path).exists()
