"""The clock of the local cloud: that of this machine, put forward as far as a test wants.

All that tells the time here goes by it, and every function that runs on Node. What waits or measures (`monotonic`,
`sleep`) goes by the machine: nothing that waits already is over sooner. Processes outside (people, git, builds) keep the
machine's time, so a request may be signed at either.
"""

import datetime
import json
import os
import threading
import time

import settings

_FILE = settings.STATE / "clock"
_machine = time.time
_lock = threading.Lock()
_ahead = 0.0


def ahead() -> float:
    """Seconds before the machine's clock."""
    return _ahead


def forward(seconds: float) -> float:
    global _ahead
    if seconds < 0:
        raise ValueError("time goes forward only")
    with _lock:
        _write(_ahead + seconds)
        _ahead += seconds
    return _ahead


def _write(seconds: float) -> None:
    # A function that starts in this moment must not read half of it.
    partial = _FILE.with_suffix(".partial")
    partial.write_text(repr(seconds))
    os.replace(partial, _FILE)


class _AnyDatetime(type):
    """What was made by a module that has the original is one of ours too."""

    def __instancecheck__(cls, instance) -> bool:
        return isinstance(instance, _Original)

    def __subclasscheck__(cls, subclass) -> bool:
        return issubclass(subclass, _Original)


_Original = datetime.datetime


class _Datetime(_Original, metaclass=_AnyDatetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)


def start() -> None:
    """Before MiniStack is imported: it takes `time.time` and `datetime` as they are then."""
    global _ahead
    if _FILE.exists():  # a cloud that is kept does not go back
        _ahead = float(_FILE.read_text())
    time.time = lambda: _machine() + _ahead
    datetime.datetime = _Datetime


# A worker looks at the file whenever it is called, so one that is warm follows. `Date` stays the class that it is for
# `instanceof` and for whoever took `Date.now` before.
_NODE = """
const __drawbridgeClock = (() => {
  const [Real, machine, { readFileSync }] = [Date, Date.now, require("fs")];
  let ahead = 0;
  Real.now = () => machine() + ahead;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [Real.now()] : given, made),
    apply: () => new Date().toString(),
  });
  return () => { try { ahead = Math.round(Number(readFileSync(%s, "utf8")) * 1000); } catch { ahead = 0; } };
})();
"""


def install() -> None:
    from patching import module, replace, replace_text

    def either(original):
        def failure(signature, *, now=None):
            problem = original(signature, now=now)
            machine = _Original.fromtimestamp(_machine(), datetime.timezone.utc)
            return problem and original(signature, now=machine)

        return failure

    replace(module("core.sigv4"), "request_time_failure", either)
    runtime = module("core.lambda_runtime")
    first, line = "let handlerFn = null;", "const msg = JSON.parse(line);"
    replace_text(runtime, "_NODEJS_WORKER_SCRIPT", first, _NODE % json.dumps(str(_FILE)) + first, 1)
    replace_text(runtime, "_NODEJS_WORKER_SCRIPT", line, f"__drawbridgeClock();\n    {line}", 1)
