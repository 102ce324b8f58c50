"""Shared fixtures. Importing the package first makes the OpenMMLab packages importable in every test."""

import os
from pathlib import Path

import pytest

import dbnetpp_plugin  # noqa: F401

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope='session')
def real_data() -> Path:
    """Folder with the official data sets; set DBNETPP_TEST_DATA, or put it beside the repository."""
    folder = Path(os.environ.get('DBNETPP_TEST_DATA', ROOT.parent / 'shared' / 'data'))
    if not folder.is_dir():
        pytest.skip(f'no real data at {folder} (set DBNETPP_TEST_DATA)')
    return folder


@pytest.fixture(autouse=True)
def mmocr_scope() -> None:
    """Let registries find MMOCR's modules by their bare names, as a runner does."""
    from mmengine.registry import init_default_scope
    init_default_scope('mmocr')
