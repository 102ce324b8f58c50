"""Preparers: from a data set's official download to MMOCR's annotation files, one module a data set."""

from collections.abc import Callable
from pathlib import Path

from . import ctw1500, hust_tr400, icdar2015, icdar2017_mlt, msra_td500, synthtext, totaltext
from .writing import Summary

PREPARERS: dict[str, Callable[[Path, Path], dict[str, Summary]]] = {
    'ctw1500': ctw1500.prepare,
    'hust_tr400': hust_tr400.prepare,
    'icdar2015': icdar2015.prepare,
    'icdar2017_mlt': icdar2017_mlt.prepare,
    'msra_td500': msra_td500.prepare,
    'synthtext': synthtext.prepare,
    'totaltext': totaltext.prepare,
}

__all__ = ['PREPARERS', 'Summary']
