"""Structured logs: one event a line on stderr, readable on a terminal, JSON elsewhere.

structlog is imported when it is needed: a sensor process has nothing to say as long as all is well, and is 10 to 15 MB
smaller without it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger, Processor

__all__ = ["configure_logging", "get_logger"]


def configure_logging(level: int = logging.INFO) -> None:
    """Set up the process's log; call once per process."""
    import structlog

    on_terminal = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not on_terminal:
        processors.append(structlog.processors.dict_tracebacks)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _StderrLogger(),
        cache_logger_on_first_use=True,
    )


class _StderrLogger:
    """Writes lines to stderr; a log that cannot be written (full disk, closed pipe) must not stop a sweep."""

    def msg(self, message: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)  # noqa: T201

    debug = info = warning = error = critical = exception = msg


def get_logger(**context: object) -> FilteringBoundLogger:
    """Return a logger that adds these values to each of its lines."""
    import structlog

    logger: FilteringBoundLogger = structlog.get_logger(**context)
    return logger
