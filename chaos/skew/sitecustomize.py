"""Python's clocks an hour, or what CHAOS_SKEW_SECONDS says, away from the machine's. Loaded because of PYTHONPATH.

`time.time`, `datetime.now`, `utcnow`, `today` and `date.today` are shifted for every module, also those that hold the
class already; the monotonic clock is left alone, as it is when a machine's clock is wrong. The types are C's, so their
own dictionaries are written to.
"""

import ctypes
import datetime as dt
import gc
import os
import time
from typing import Any

SHIFT = float(os.environ.get("CHAOS_SKEW_SECONDS", "0"))

_time, _time_ns = time.time, time.time_ns  # noqa: TID251  this is what is shifted
_now, _utcnow = dt.datetime.now, dt.datetime.utcnow  # noqa: TID251  these are what is shifted
_delta = dt.timedelta(seconds=SHIFT)


def _put(owner: type, name: str, value: Any) -> None:
    (own,) = (held for held in gc.get_referents(owner.__dict__) if isinstance(held, dict))
    own[name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))


def _shifted_now(_cls: type, tz: dt.tzinfo | None = None) -> dt.datetime:
    return (_now(dt.UTC) + _delta).astimezone(tz) if tz is not None else _now() + _delta


if SHIFT:
    time.time = lambda: _time() + SHIFT  # noqa: TID251  this is what is shifted
    time.time_ns = lambda: _time_ns() + int(SHIFT * 1e9)
    _put(dt.datetime, "now", classmethod(_shifted_now))
    _put(dt.datetime, "today", classmethod(_shifted_now))
    _put(dt.datetime, "utcnow", classmethod(lambda _cls: _utcnow() + _delta))
    _put(dt.date, "today", classmethod(lambda cls: cls.fromtimestamp(time.time())))  # noqa: TID251  as today
