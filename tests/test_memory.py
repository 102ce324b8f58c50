"""Memory is kept, and not mapped and cleared anew."""

import platform
import subprocess
import sys

import pytest

from dbnetpp_plugin import memory

COUNT_PAGE_FAULTS = """
import resource
import runpy
import numpy as np

runpy.run_path({path!r})['keep_freed_memory']()

def faults_of_ten_images():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        images = [np.ones({size}, np.uint8) for _ in range(3)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults_of_ten_images()
raise SystemExit(faults_of_ten_images() > 500)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='about the memory allocator of glibc')
@pytest.mark.parametrize('size', [3_000_000, 60_000_000])
def test_memory_of_one_image_is_kept_for_the_next(size):
    # Thirty arrays are 22000 pages, or 440000. In a process of its own, in which nothing large has been freed before.
    script = COUNT_PAGE_FAULTS.format(path=memory.__file__, size=size)
    subprocess.run([sys.executable, '-c', script], check=True)


def test_older_glibc(monkeypatch):
    calls = []

    class Library:
        @staticmethod
        def mallopt(option, value):
            calls.append((option, value))
            return not (option == memory._M_MMAP_THRESHOLD and value > 32 * 2**20)

    monkeypatch.setattr(memory.platform, 'libc_ver', lambda: ('glibc', '2.28'))
    monkeypatch.setattr(memory.ctypes, 'CDLL', lambda _: Library)
    memory.keep_freed_memory()
    assert calls[-1] == (memory._M_MMAP_MAX, 0)


def test_other_c_library(monkeypatch):
    monkeypatch.setattr(memory.platform, 'libc_ver', lambda: ('', ''))
    monkeypatch.setattr(memory.ctypes, 'CDLL', None)
    memory.keep_freed_memory()
