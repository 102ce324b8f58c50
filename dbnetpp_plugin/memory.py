"""Keeping freed memory in the process: an option of command lines, of training (``KeepMemoryHook``) and of programs."""

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX = -1, -3, -4  # of malloc.h
_NEVER = -1
_LARGE = 2**30


def keep_freed_memory() -> None:
    """Let the C library keep the memory of one image for the next, instead of giving it back to the system.

    Otherwise each large array or tensor is written to pages that the system has to map and clear first: half as long as
    decoding the image, a quarter of the time of a network on a CPU, and more in training, where several gigabytes come
    and go with each step. The process stays as large as it ever was. This is about glibc (mallopt(3)); with other C
    libraries it does nothing. It holds for the whole process, so nothing in this package calls it unasked.
    """
    if platform.libc_ver()[0] != 'glibc':
        return
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(_M_TRIM_THRESHOLD, _NEVER)
    if not mallopt(_M_MMAP_THRESHOLD, _LARGE):  # older ones take at most 32 MiB
        mallopt(_M_MMAP_MAX, 0)
