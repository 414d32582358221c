"""Events that AWS services put on the default bus of an account.

They leave through one queue, so they arrive in order and after the request that caused them
has been answered, as on AWS. A test may drop or hold the next events of a source to see what
the control plane does when one is lost or late.
"""

import json
import queue
import threading
import time

from identity import responses
from patching import module, need

eventbridge = need(module("services.eventbridge"), "_put_events", "_ensure_default_bus")

_outgoing: queue.Queue = queue.Queue()
_faults: dict[str, dict] = {}
_lock = threading.Lock()


def emit(account: str, region: str, source: str, detail_type: str, resources: list[str], detail: dict) -> None:
    event = {"account": account, "region": region, "source": source, "detail-type": detail_type,
             "resources": resources, "detail": detail}
    with _lock:
        fault = _faults.get(source)
        if fault and fault["left"] > 0:
            fault["left"] -= 1
            if fault["how"] == "hold":
                fault["held"].append(event)
            else:
                fault["dropped"] += 1
            return
    _outgoing.put(event)


def fault(source: str, how: str, count: int) -> dict:
    """Drops or holds the next ``count`` events of a source; zero ends it."""
    with _lock:
        state = _faults.setdefault(source, {"how": how, "left": 0, "dropped": 0, "held": []})
        state.update(how=how, left=count)
        return _shown(state)


def release(source: str) -> int:
    """Sends what was held, in the order in which it happened."""
    with _lock:
        state = _faults.get(source)
        held = state["held"] if state else []
        if state:
            state.update(left=0, held=[])
    for event in held:
        _outgoing.put(event)
    return len(held)


def faults() -> dict:
    with _lock:
        return {source: _shown(state) for source, state in _faults.items()}


def _shown(state: dict) -> dict:
    return {"how": state["how"], "left": state["left"], "dropped": state["dropped"], "held": len(state["held"])}


def deliver(event: dict) -> None:
    with responses.request_scope(event["account"], event["region"]):
        eventbridge._ensure_default_bus()
        eventbridge._put_events({"Entries": [{
            "Source": event["source"], "DetailType": event["detail-type"], "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]), "EventBusName": event.get("bus", "default"),
        }]}, allow_aws_source=True)


def on_their_way() -> int:
    return _outgoing.unfinished_tasks


def wait_until_sent(seconds: float = 5) -> bool:
    limit = time.monotonic() + seconds
    while _outgoing.unfinished_tasks and time.monotonic() < limit:
        time.sleep(0.01)
    return not _outgoing.unfinished_tasks


def install() -> None:
    def pump():
        while True:
            event = _outgoing.get()
            try:
                deliver(event)
            except Exception:  # one bad rule must not silence every later event
                eventbridge.logger.exception("local cloud: an event could not be delivered: %s", event)
            finally:
                _outgoing.task_done()

    threading.Thread(target=pump, daemon=True, name="drawbridge-events").start()
