"""When a transcription counts as read, by the rules of ICDAR's end-to-end tasks: https://rrc.cvc.uab.es/?ch=4&com=tasks.

End-to-end: all text that is not do-not-care is to be read. Word spotting: only words that one could look up, of at
least three letters; all other text is do-not-care. Letter case never matters.
"""

PUNCTUATION = '!?.:,*"()·[]/\''
MIN_LENGTH = 3
# Letters of the writing systems that ICDAR's word lists are made of, as first and last code point.
LETTERS = (('a', 'z'), ('A', 'Z'), ('À', 'ƿ'), ('Ǆ', 'ɿ'), ('Ά', 'Ͽ'), ('-', '-'))
NO_LETTERS = '\N{MULTIPLICATION SIGN}\N{DIVISION SIGN}'


def reads(truth: str, read: str) -> bool:
    """Whether a word was read, end-to-end. Of the truth, a punctuation mark at either end, or at both, may be missing.

    Args:
        truth: Transcription of the ground truth.
        read: What was read.
    """
    truth, read = truth.upper(), read.upper()
    return read in (truth, *_without_ends(truth))


def _without_ends(truth: str) -> list[str]:
    starts, ends = truth.startswith(tuple(PUNCTUATION)), truth.endswith(tuple(PUNCTUATION))
    return [shorter for shorter, allowed in ((truth[1:], starts), (truth[:-1], ends), (truth[1:-1], starts and ends))
            if allowed]


def spotted_word(truth: str) -> str | None:
    """The word to be spotted, or None if the text is do-not-care in word spotting.

    A plural or possessive ``'s``, hyphens around the word, and punctuation are taken off.
    """
    word = truth[:-2] if truth[-2:] in ("'s", "'S") else truth
    word = word.strip('-')
    word = ''.join(' ' if letter in PUNCTUATION else letter for letter in word).strip()
    if len(word) < MIN_LENGTH or not all(map(_is_letter, word)):
        return None
    return word


def _is_letter(letter: str) -> bool:
    return letter not in NO_LETTERS and any(first <= letter <= last for first, last in LETTERS)
