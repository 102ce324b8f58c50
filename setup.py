"""Packaging of dbnetpp_plugin. What to install beside it, and why in two steps, is in docs/install.md."""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
VERSION = re.search(r"__version__ = '(.+)'", (ROOT / 'dbnetpp_plugin/version.py').read_text())[1]
FOR_MIM = ('configs', 'tools', 'model-index.yml')


class BuildWithMimFolder(build_py):
    """Adds the folder `dbnetpp_plugin/.mim`, where `mim train`, `mim test` and `mim search` look, to what is built."""

    def run(self):
        super().run()
        if self.editable_mode:  # there the package is the one in the source tree, which stays as it is
            return
        target = Path(self.build_lib) / 'dbnetpp_plugin' / '.mim'
        shutil.rmtree(target, ignore_errors=True)  # an earlier build's files, of which some may be gone by now
        target.mkdir(parents=True)
        for name in FOR_MIM:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns('__pycache__', '*.py[co]'))
            else:
                shutil.copy2(source, target / name)


setup(
    name='dbnetpp_plugin',
    version=VERSION,
    description='DBNet and DBNet++ text detection for MMOCR',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8') if (ROOT / 'README.md').exists() else '',
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    packages=find_packages(include=['dbnetpp_plugin', 'dbnetpp_plugin.*']),
    package_data={'dbnetpp_plugin': ['py.typed', 'weights/*.pth']},
    cmdclass={'build_py': BuildWithMimFolder},
    python_requires='>=3.10',
    # Only what has honest metadata. mmocr, mmdet, imgaug ask for opencv-python, and mmcv may be the full or the lite
    # one: `dbnetpp_plugin.compat` checks for those at import and says what to install.
    install_requires=[
        'torch>=2.0', 'torchvision', 'numpy', 'opencv-python-headless', 'shapely>=2', 'pyclipper', 'pillow', 'rich',
    ],
    extras_require={
        'synth': ['matplotlib', 'scikit-image'],  # the fonts and photographs of synthetic text
        'onnx': ['onnx', 'onnxscript', 'onnxruntime'],
    },
    classifiers=['Programming Language :: Python :: 3', 'License :: OSI Approved :: Apache Software License'],
)
