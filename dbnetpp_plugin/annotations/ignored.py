"""The mark of text that is neither trained on nor counted in evaluation."""

IGNORED_TEXT = '###'


def is_ignored_text(text: str) -> bool:
    """Whether a transcription is the mark, with or without spaces and quotes around it."""
    return text.strip().strip('"').strip() == IGNORED_TEXT
