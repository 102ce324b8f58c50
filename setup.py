"""Packaging of dbnetpp_plugin. What to install beside it, and why in two steps, is in docs/install.md."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
VERSION = re.search(r"__version__ = '(.+)'", (ROOT / 'dbnetpp_plugin/version.py').read_text())[1]

setup(
    name='dbnetpp_plugin',
    version=VERSION,
    description='DBNet and DBNet++ text detection for MMOCR',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8') if (ROOT / 'README.md').exists() else '',
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    packages=find_packages(include=['dbnetpp_plugin', 'dbnetpp_plugin.*']),
    package_data={'dbnetpp_plugin': ['py.typed']},
    python_requires='>=3.10',
    # Only what has honest metadata. mmocr, mmdet, imgaug ask for opencv-python, and mmcv may be the full or the lite
    # one: `dbnetpp_plugin.compat` checks for those at import and says what to install.
    install_requires=[
        'torch>=2.0', 'torchvision', 'numpy', 'opencv-python-headless', 'shapely>=2', 'pyclipper', 'pillow', 'rich',
    ],
    extras_require={'synth': ['matplotlib', 'scikit-image']},  # the fonts and photographs of synthetic text
    classifiers=['Programming Language :: Python :: 3', 'License :: OSI Approved :: Apache Software License'],
)
