"""Types of arguments that several commands have."""

import argparse


def positive(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{number} is not a positive number')
    return number


def score(text: str) -> float:
    """A number from 0 to 1, as scores are."""
    number = float(text)
    if not 0 <= number <= 1:
        percent = f': write {number / 100:g} for {number:g} per cent' if 1 < number <= 100 else ''
        raise argparse.ArgumentTypeError(f'{text} is not a number from 0 to 1{percent}')
    return number
