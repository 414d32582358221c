"""`Object Created` as S3 sends it: with the version of the object, and through the queue of all events.

MiniStack leaves `version-id` out (F 1.6) and delivers each event in a thread of its own, so that no test could hold one
back.
"""

import contextvars
import json

import events
from patching import module, need, replace

s3 = need(module("services.s3"), "_fire_s3_event")
eventbridge = need(module("services.eventbridge"), "_dispatch_event")

# The version that the object of the event has; unset outside S3's own delivery.
_version = contextvars.ContextVar("drawbridge_s3_version", default=None)


def _fire(original):
    def fire(*args, version_id=None, **kwargs):
        token = _version.set(version_id or "")
        try:
            return original(*args, version_id=version_id, **kwargs)
        finally:
            _version.reset(token)

    return fire


def _dispatch(original):
    def dispatch(event, *more, **named):
        version = _version.get()
        if version is None or event.get("Source") != "aws.s3":
            return original(event, *more, **named)
        detail = json.loads(event["Detail"])
        if version:
            detail["object"]["version-id"] = version
        events.emit(event["Account"], event["Region"], event["Source"], event["DetailType"], event["Resources"], detail)
        return None

    return dispatch


def install() -> None:
    replace(s3, "_fire_s3_event", _fire)
    replace(eventbridge, "_dispatch_event", _dispatch)
