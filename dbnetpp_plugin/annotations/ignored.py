"""The mark of text that is neither trained on nor counted in evaluation."""

import unicodedata

IGNORED_TEXT = '###'
QUOTES = '"\'`\u2018\u2019\u201c\u201d'


def is_ignored_text(text: str, *marks: str) -> bool:
    """Whether a transcription is the mark, however it is dressed up (see :func:`bare`).

    Args:
        text: The transcription.
        *marks: What else stands for ignored text in the format.
    """
    return bare(text) in (IGNORED_TEXT, *marks)


def bare(text: str) -> str:
    """A transcription without spaces, quotes and invisible characters around it, and full-width ones as usual ones."""
    before, text = '', unicodedata.normalize('NFKC', text)
    while text != before:
        before, text = text, text.strip().strip(QUOTES + '\ufeff\u200b\u200c\u200d\u2060\x00')
    return text
