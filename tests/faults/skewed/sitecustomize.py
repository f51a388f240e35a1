"""Comes first into a program whose clock is set wrong while it runs.

libfaketime 0.9.10 with a true monotonic clock shifts the moment until which time.sleep() sleeps, and
the kernel refuses it. A span of time needs no clock.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
