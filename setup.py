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
    license_files=['LICENSE', 'NOTICE'],  # both travel in the wheel's metadata
    py_modules=['dbnetpp'],  # the program's light start
    packages=find_packages(include=['dbnetpp_plugin', 'dbnetpp_plugin.*']),
    package_data={'dbnetpp_plugin': ['py.typed']},
    cmdclass={'build_py': BuildWithMimFolder},
    python_requires='>=3.10',
    entry_points={'console_scripts': ['dbnetpp = dbnetpp:main']},
    # Lower bounds are those of requirements/lowest.txt, with which the suite was run. The OpenMMLab packages are not
    # named: mmocr, mmdet and imgaug ask for opencv-python, and mmcv may be the full or the lite one.
    # `dbnetpp_plugin.compat` checks for those at import and says what to install.
    install_requires=[
        'numpy>=2.0.2', 'opencv-python-headless>=4.10', 'shapely>=2.1', 'pyclipper>=1.3', 'pillow>=11.3',
    ],
    extras_require={
        # To train, and to detect and read with PyTorch: all that `import dbnetpp_plugin` imports, directly or through
        # the OpenMMLab packages, which are installed without their dependencies.
        'train': [
            'torch>=2.8', 'torchvision>=0.23', 'matplotlib>=3.9.4', 'scipy>=1.13.1', 'rapidfuzz>=3.6', 'rich>=13.7',
            'scikit-image>=0.24', 'imageio>=2.34', 'pycocotools>=2.0.8', 'lmdb>=1.4.1', 'addict>=2.4', 'pyyaml>=6.0.1',
            'onnx>=1.18', 'yapf>=0.40.2', 'termcolor>=2.4', 'terminaltables>=3.1.10', 'six>=1.16', 'packaging>=23.2',
        ],
        # To detect and read with exported files, without PyTorch; rich and matplotlib are for the command line.
        'runtime': ['onnxruntime>=1.22', 'rich>=13.7', 'matplotlib>=3.9.4'],
        'export': ['onnx>=1.18', 'onnxscript>=0.6.2', 'onnxruntime>=1.22'],
        'pdf': ['pypdfium2>=4.30'],  # to read pages of PDF files
        'synth': ['matplotlib>=3.9.4', 'scikit-image>=0.24'],  # the fonts and photographs of synthetic text
    },
    classifiers=['Programming Language :: Python :: 3', 'License :: OSI Approved :: Apache Software License'],
)
