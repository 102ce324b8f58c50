"""Importing the package registers modules, closes the gaps of compat, and changes nothing else in the process."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

STATE = """
import json, locale, logging, multiprocessing, os, random, signal, sys, warnings
import cv2, matplotlib, mmdet, numpy as np, torch
import torch.distributed.nn  # whose first import adds a temporary folder to the path in PyTorch 2.8
from mmengine.registry import DefaultScope


def state():
    return {
        'levels of loggers': {name: logger.level for name, logger in logging.root.manager.loggerDict.items()
                              if isinstance(logger, logging.Logger)} | {'root': logging.root.level},
        'handlers of the root logger': [repr(handler) for handler in logging.root.handlers],
        'level of messages of OpenCV': cv2.getLogLevel(),
        'path': list(sys.path),
        'excepthook': repr(sys.excepthook),
        'recursion limit': sys.getrecursionlimit(),
        'signals': {int(number): repr(signal.getsignal(number)) for number in signal.valid_signals()},
        'errors of NumPy': np.geterr(),
        'printing of NumPy': repr(np.get_printoptions()),
        'random numbers': [repr(random.getstate()), repr(np.random.get_state()),
                           torch.random.get_rng_state().tolist()],
        'threads': [torch.get_num_threads(), torch.get_num_interop_threads(), cv2.getNumThreads()],
        'default dtype': str(torch.get_default_dtype()),
        'gradients': torch.is_grad_enabled(),
        'deterministic': torch.are_deterministic_algorithms_enabled(),
        'cudnn': [torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic],
        'OpenCL': cv2.ocl.useOpenCL(),
        'backend of Matplotlib': repr(dict.__getitem__(matplotlib.rcParams, 'backend')),
        'start method': multiprocessing.get_start_method(allow_none=True),
        'scope': repr(DefaultScope.get_current_instance()),
        'locale': locale.getlocale(),
        'variables': {name: value for name, value in os.environ.items()},
    }


before = state()
import dbnetpp_plugin
after = state()
# What the libraries add that are imported for the first time.
after['levels of loggers'] = {name: after['levels of loggers'][name] for name in before['levels of loggers']}
after['variables'].pop('TORCHINDUCTOR_CACHE_DIR', None)
before['variables'].pop('TORCHINDUCTOR_CACHE_DIR', None)
json.dump({name: [before[name], after[name]] for name in before if before[name] != after[name]}, sys.stdout)
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_nothing_else_changes_in_the_process():
    assert json.loads(run(STATE)) == {}


def test_memory_is_kept_only_where_it_is_asked_for():
    """Neither the import, nor a transform, nor a network calls mallopt for the whole process."""
    run("""
import ctypes
import dbnetpp_plugin
from dbnetpp_plugin import memory

class Refusing:
    def CDLL(self, name):
        raise AssertionError('mallopt was asked for')

memory.ctypes = Refusing()
from dbnetpp_plugin.apis import TextDetector
from dbnetpp_plugin.datasets.transforms import LoadEncodedImage
LoadEncodedImage()
TextDetector(device='cpu')
try:
    memory.keep_freed_memory()
except AssertionError:
    raise SystemExit(0)
import platform
raise SystemExit(platform.libc_ver()[0] == 'glibc')
""")


@pytest.mark.skipif(find_spec('mmcv') is None or find_spec('mmcv._ext') is not None, reason='about mmcv-lite')
def test_projects_that_probe_for_operators_of_mmcv_find_none():
    run("""
import dbnetpp_plugin, mmdet.apis, mmocr.apis, sys
from mmocr.registry import MODELS
from mmengine.registry import init_default_scope
init_default_scope('mmocr')
MODELS.get('DBNet'), MODELS.get('mmdet.MaskRCNN')
try:
    from mmcv.ops import nms
except ImportError as error:
    raise SystemExit('mmcv._ext' not in str(error))
raise SystemExit('mmcv.ops was imported')
""")


def test_what_mmocr_and_mmdet_are_made_of_can_be_imported_afterwards():
    """All modules but those that nothing imports, or that need packages of their own."""
    failed = json.loads(run("""
import importlib, json, pkgutil, sys, warnings
warnings.simplefilter('ignore')
import dbnetpp_plugin, mmdet, mmocr
failed = {}
for package in (mmdet, mmocr):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.', onerror=lambda name: None):
        if '.mim' not in module.name:
            try:
                importlib.import_module(module.name)
            except Exception as error:
                failed[module.name] = str(error)
json.dump(failed, sys.stdout)
"""))
    assert failed.keys() <= {'mmdet.models.dense_heads.dense_test_mixins', 'mmdet.utils.benchmark'}, failed


def test_importing_twice_changes_nothing():
    run("""
import importlib
import dbnetpp_plugin
import mmengine.dist.utils as utils, mmengine.model as model, mmengine.runner.checkpoint as checkpoint
state = lambda: (utils._init_dist_pytorch, model.MMDistributedDataParallel.__init__,
                 dict(checkpoint.CheckpointLoader._schemes))
before = state()
importlib.reload(dbnetpp_plugin)
raise SystemExit(before != state())
""")


WITHOUT = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
"""


def test_without_pytorch_the_import_is_silent_and_registers_nothing():
    output = run(WITHOUT.format(missing=('torch', 'torchvision', 'mmengine', 'mmcv', 'mmdet', 'mmocr')) + """
import dbnetpp_plugin
from dbnetpp_plugin import deploy, geometry, images
import dbnetpp_plugin.annotations.lines, dbnetpp_plugin.datasets.preparers, dbnetpp_plugin.evaluation
import dbnetpp_plugin.datasets.synth, dbnetpp_plugin.bulk.exports
print(dbnetpp_plugin.__version__, [name for name in sys.modules if name.startswith(('torch', 'mm'))
                                   and sys.modules[name] is not None])
""")
    import dbnetpp_plugin
    assert output == f"{dbnetpp_plugin.__version__} ['mmap']\n" or output == f'{dbnetpp_plugin.__version__} []\n'


def test_without_mmocr_the_import_says_what_is_missing():
    done = subprocess.run([sys.executable, '-c', WITHOUT.format(missing=('mmocr', 'imgaug')) + 'import dbnetpp_plugin'],
                          capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith(
        'ImportError: dbnetpp_plugin needs imgaug==0.4.0, mmocr==1.0.1: install ')
