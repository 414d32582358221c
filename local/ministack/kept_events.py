"""Events that wait in the hand of a test, which delivers, doubles or loses each of them, in the order that it likes.

EventBridge delivers at least once and in no certain order, and an event can be lost. Unlike the faults of `events`, which
are about the next events of an AWS service, this is about every event of any bus that a pattern meets.
"""

import itertools
import json
import threading

from identity import responses
from patching import module, need, replace

eventbridge = need(module("services.eventbridge"), "_dispatch_event", "_matches_pattern_view", "_pattern_event_view",
                   "_parse_pattern_text")

_patterns: dict[str, list[str]] = {}
_kept: dict[int, dict] = {}
_numbers = itertools.count(1)
_lock = threading.Lock()


def keep(name: str, pattern: dict) -> None:
    """From now on what the pattern meets waits under this name, as what earlier patterns of the name meet does."""
    text = json.dumps(pattern)
    alternatives, problem = eventbridge._parse_pattern_text(text)
    if alternatives is None:
        raise ValueError(problem)
    with _lock:
        _patterns.setdefault(name, []).append(text)


def lose_all(name: str) -> int:
    """Nothing waits under this name any more; what waited is lost."""
    with _lock:
        _patterns.pop(name, None)
        lost = [number for number, it in _kept.items() if it["name"] == name]
        for number in lost:
            del _kept[number]
    return len(lost)


def waiting(name: str) -> list[dict]:
    """The oldest first."""
    with _lock:
        return [{"number": number, "detail-type": it["event"]["DetailType"], "detail": json.loads(it["event"]["Detail"])}
                for number, it in sorted(_kept.items()) if it["name"] == name]


def decide(number: int, how: str) -> None:
    """``lose`` it, ``deliver`` it, or ``double`` it: then it is delivered and waits once more."""
    if how not in ("lose", "deliver", "double"):
        raise ValueError(f"{how} is none of lose, deliver, double")
    with _lock:
        kept = _kept[number] if how == "double" else _kept.pop(number)
    if how != "lose":
        with responses.request_scope(kept["event"]["Account"], kept["event"]["Region"]):
            _dispatch(kept["event"])


def _keep(event: dict, view) -> bool:
    with _lock:
        for name, patterns in _patterns.items():
            if any(eventbridge._matches_pattern_view(pattern, view, f"kept events {name}") for pattern in patterns):
                _kept[next(_numbers)] = {"name": name, "event": event}
                return True
    return False


def install() -> None:
    def kept(original):
        def dispatch(event, view=None):
            view = view or eventbridge._pattern_event_view(event)
            if not (_patterns and _keep(event, view)):
                original(event, view)

        return dispatch

    global _dispatch
    _dispatch = replace(eventbridge, "_dispatch_event", kept)
