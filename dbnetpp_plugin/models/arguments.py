"""Checks of arguments from configs: what Python would take for something, though nobody can have meant it."""


def check_channels(owner: str, value: object, *, least: int = 1, name: str = 'in_channels') -> None:
    """Refuse what is no number of channels.

    Args:
        owner: Class that the argument is of, for the message.
        value: The argument.
        least: Fewest channels that it can work with.
        name: Of the argument.

    Raises:
        ValueError: If the value is no whole number, or below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f'{owner} needs a whole number of at least {least} for {name}, but got {value!r}.')


def check_switches(owner: str, **values: object) -> None:
    """Refuse what is neither true nor false: any text, ``'False'`` too, would count as true.

    Args:
        owner: Class that the arguments are of, for the message.
        **values: The arguments by name.

    Raises:
        ValueError: If one is not a bool.
    """
    for name, value in values.items():
        if not isinstance(value, bool):
            raise ValueError(f'{owner} needs True or False for {name}, but got {value!r}.')
