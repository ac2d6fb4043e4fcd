"""When to ask again, and after how long."""

from __future__ import annotations

import random
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Callable, Optional, TypeVar

from .errors import NetworkError, PosternError, RateLimitedError, ServerError

_FIRST_WAIT_SECONDS = 0.2
_LONGEST_BACK_OFF_SECONDS = 5.0
#: Longer than this nobody is kept waiting: a window of Postern's rate limits is a minute.
_LONGEST_WAIT_SECONDS = 65.0

#: Failures that the next try cannot mend.
_FINAL_CODES = frozenset({"CERTIFICATE_REFUSED", "INTEGRITY_ERROR"})

Result = TypeVar("Result")


def with_retries(attempt: Callable[[], Result], retries: int) -> Result:
    """The result of the first try that succeeds, else the error of the last; no other 4xx than 429 is tried again."""
    tries = 0
    while True:
        try:
            return attempt()
        except PosternError as error:
            wait = _wait_after(error, tries)
            if tries >= retries or wait is None:
                raise
        tries += 1
        time.sleep(wait)


def _wait_after(error: PosternError, tries: int) -> Optional[float]:
    if not isinstance(error, (NetworkError, RateLimitedError, ServerError)) or error.code in _FINAL_CODES:
        return None
    back_off = min(_LONGEST_BACK_OFF_SECONDS, _FIRST_WAIT_SECONDS * 2**tries)
    # Jittered, so that a hundred test runs that failed together do not come back together.
    wait = max(error.retry_after or 0.0, back_off * random.uniform(0.5, 1.0))
    return wait if wait <= _LONGEST_WAIT_SECONDS else None


def parse_retry_after(value: Optional[str]) -> Optional[float]:
    """Seconds from now of a ``Retry-After`` header, which is a number of seconds or a date; ``None`` for anything else."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - datetime.now(timezone.utc)).total_seconds())
