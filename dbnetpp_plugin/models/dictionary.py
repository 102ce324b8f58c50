"""Characters of recognizers."""

import re
from collections.abc import Iterator
from typing import Any

from mmengine.fileio import list_from_file
from mmocr.models.common.dictionary import Dictionary
from mmocr.registry import TASK_UTILS


@TASK_UTILS.register_module()
class SymbolDictionary(Dictionary):
    """MMOCR's dictionary for symbols of one or more code points, such as flags.

    Args:
        dict_file: Text file, UTF-8, with a symbol on each line.
        with_padding: Whether there is a padding token; with CTC it is the blank.
        with_unknown: Whether there is a token for characters that are not in the file.

    Raises:
        ValueError: If a symbol stands in the file twice.
    """

    def __init__(self, dict_file: str, with_padding: bool = False, with_unknown: bool = False) -> None:
        self.with_start = self.with_end = self.same_start_end = False
        self.with_padding, self.with_unknown = with_padding, with_unknown
        self.padding_token, self.unknown_token = '<PAD>', '<UKN>'
        symbols = [line.strip('\r\n') for line in list_from_file(dict_file)]
        self._dict = [symbol for symbol in symbols if symbol]
        if len(set(self._dict)) < len(self._dict):
            twice = next(symbol for symbol in self._dict if self._dict.count(symbol) > 1)
            raise ValueError(f'the symbol {twice!r} stands in {dict_file} more than once')
        longest_first = sorted((symbol for symbol in self._dict if len(symbol) > 1), key=len, reverse=True)
        self._symbol = re.compile('|'.join([*map(re.escape, longest_first), '.']), re.DOTALL)
        self._update_dict()

    def str2idx(self, string: str) -> list[Any]:
        """Indices of the symbols of a text; a symbol of several code points counts as one."""
        return list(self._indices(string))

    def _indices(self, string: str) -> Iterator[int]:
        for symbol in self._symbol.findall(string):
            yield self.char2idx(symbol)
