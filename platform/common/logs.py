"""Lines of the log as JSON or for a terminal, with ids of who acts, without personal data.

Everything goes through the standard library's loggers; structlog shapes it. Numbers of five digits
and more have stars in whatever text a library writes, and what PostgreSQL adds of a row's values
is left out. Ids stand in fields of their own.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from common.text import masked

# What code may add by `extra=`, and what the middlewares bind.
FIELDS = ("view", "method", "status", "ms")
IDS = {"request", "org", "member", "at", "level", "logger", *FIELDS}
DETAIL = re.compile(r"^(?:DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)


def without_personal_data(logger: Any, name: str, said: EventDict) -> EventDict:
    """Put stars over numbers in every text but ids, and drop a row's values from errors."""
    return {
        key: masked(DETAIL.sub("", value)) if isinstance(value, str) and key not in IDS else value
        for key, value in said.items()
    }


def without_trace_of_refusals(logger: Any, name: str, said: EventDict) -> EventDict:
    """Drop the trace that Django adds to a page refused: the line says who wanted what."""
    if said.get("logger") == "django.request" and said.get("level") == "warning":
        said.pop("exc_info", None)
    return said


def formatter(last: Processor) -> dict[str, Any]:
    """Return a formatter for LOGGING whose lines `last` writes."""
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            without_trace_of_refusals,
            structlog.processors.format_exc_info,
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_personal_data,
            last,
        ],
    }


def logging_config(*, as_json: bool) -> dict[str, Any]:
    """Return LOGGING: JSON with a line for each request, or plain and only what needs eyes."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.processors.KeyValueRenderer(
            key_order=["at", "level", "logger", "event"], drop_missing=True
        )
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"anfu": formatter(last)},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "anfu"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # Django's own handlers would write past the formatter, and mail what went wrong.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            **({"anfu": {"level": "INFO"}, "celery": {"level": "INFO"}} if as_json else {}),
        },
    }
