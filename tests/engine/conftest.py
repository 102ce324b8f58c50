"""Fixtures of the hooks' tests."""

import logging

import pytest
from mmengine.logging import MMLogger


class Keeper(logging.Handler):
    """Keeps messages as 'LEVEL: text'."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f'{record.levelname}: {record.getMessage()}')


@pytest.fixture
def messages(monkeypatch) -> list[str]:
    """What is logged during a test, to whichever logger a runner makes."""
    keeper = Keeper()
    handle = MMLogger.callHandlers

    def both(self: MMLogger, record: logging.LogRecord) -> None:
        keeper.emit(record)
        handle(self, record)
    monkeypatch.setattr(MMLogger, 'callHandlers', both)
    return keeper.messages
