"""Preparers: from a data set's official download to MMOCR's annotation files, one module a data set."""

from collections.abc import Callable
from pathlib import Path

from . import icdar2015, msra_td500
from .common import Summary

PREPARERS: dict[str, Callable[[Path, Path], dict[str, Summary]]] = {
    'icdar2015': icdar2015.prepare,
    'msra_td500': msra_td500.prepare,
}

__all__ = ['PREPARERS', 'Summary']
