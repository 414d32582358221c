"""A door for tests and for our own helpers, on the same port under ``/_drawbridge/``.

Everything but the health needs the secret of this start. MiniStack's own doors that change the
whole cloud are closed without it too: builds run strangers' code on this machine.
"""

import hmac
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import bus_delivery
import calls
import clock
import events
import faults
import kept_events
import lambda_errors
import mail
import settings
import stack_events
import step_functions
import work
from codedeploy import instances
from repositories import pushes
from patching import module, need

cloudformation = need(module("services.cloudformation"), "_stacks")
concurrency = need(module("core.concurrency"), "run_reentrant")
_PREFIX = "/_drawbridge/"
_CLOSED = ("/_ministack/reset", "/_ministack/config", "/_localstack/init")


def _health(_data, _query):
    return {"status": "ready", "endpoint": settings.ENDPOINT, "region": settings.REGION}


def _inject(data, _query):
    """Puts an event on the default bus of an account as if an AWS service had sent it."""
    event = {
        "account": data["account"], "region": data.get("region", settings.REGION), "source": data["source"],
        "detail-type": data["detail-type"], "resources": data.get("resources", []), "detail": data.get("detail", {}),
        "bus": data.get("bus", "default"),
    }
    events.deliver(event)
    return {"sent": 1}


def _age_stack(data, _query):
    """Puts back when a stack was made and changed, as if it had been there for some days."""
    then = (datetime.now(timezone.utc) - timedelta(days=data["days"])).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    # The stacks of all accounts: this door is in none of them.
    aged = [stack for stack in cloudformation._stacks._data.values() if stack["StackId"] == data["stackArn"]]
    for stack in aged:
        stack["CreationTime"] = stack["LastUpdatedTime"] = then
    return {"aged": len(aged)}


def _fault(how):
    return lambda data, _query: events.fault(data.get("source", stack_events.SOURCE), how, int(data["count"]))


def _calls(_data, query):
    return {"calls": calls.listed() if query.get("each") else calls.counted()}


_ROUTES = {
    ("GET", "health"): _health,
    ("POST", "pushes"): lambda data, _query: {"told": pushes.from_hook(data["folder"], data["updates"])},
    ("POST", "events"): _inject,
    ("POST", "events/drop"): _fault("drop"),
    ("POST", "events/hold"): _fault("hold"),
    ("POST", "events/release"): lambda data, _query: {"sent": events.release(data.get("source", stack_events.SOURCE))},
    ("GET", "events/faults"): lambda _data, _query: events.faults(),
    ("GET", "events/kept"): lambda _data, query: {"waiting": kept_events.waiting(query["name"])},
    ("POST", "events/kept"): lambda data, _query: kept_events.keep(data["name"], data["pattern"]) or {"kept": True},
    ("POST", "events/kept/one"): lambda data, _query: kept_events.decide(int(data["number"]), data["how"]) or {"done": True},
    ("DELETE", "events/kept"): lambda _data, query: {"lost": kept_events.lose_all(query["name"])},
    ("GET", "events/refused"): lambda _data, _query: {"refused": list(bus_delivery.refused)},
    ("POST", "stacks/age"): _age_stack,
    ("GET", "clock"): lambda _data, _query: {"ahead": clock.ahead()},
    ("POST", "clock"): lambda data, _query: {"ahead": clock.forward(float(data["seconds"]))},
    ("GET", "work"): lambda _data, _query: work.going_on(),
    ("POST", "workers/kill"): lambda data, _query: {"killed": lambda_errors.kill_workers_in(data["account"])},
    ("GET", "faults"): lambda _data, _query: {"faults": faults.listed()},
    ("POST", "faults"): lambda data, _query: faults.add(data),
    ("DELETE", "faults"): lambda _data, _query: faults.clear() or {"deleted": True},
    ("GET", "mails"): lambda _data, _query: {"mails": mail.listed()},
    ("DELETE", "mails"): lambda _data, _query: {"deleted": mail.clear()},
    ("GET", "task-tokens"): lambda _data, _query: {"tokens": list(step_functions.handed_out)},
    ("GET", "instances"): lambda _data, _query: {"instances": instances.listed()},
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): lambda _data, _query: calls.clear() or {"deleted": True},
}


async def _respond(send, status: int, body: dict) -> None:
    await send({"type": "http.response.start", "status": status,
                "headers": [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _body(receive) -> dict:
    content = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            return json.loads(content) if content else {}


async def _answer(scope, receive, send, name: str) -> None:
    handler = _ROUTES.get((scope["method"], name))
    if handler is None:
        return await _respond(send, 404, {"error": f"There is no {scope['method']} {name} at the admin door."})
    query = {key: values[0] for key, values in parse_qs(scope.get("query_string", b"").decode()).items()}
    try:
        data = await _body(receive)
        answer = await concurrency.run_reentrant(handler, data, query, thread_name="drawbridge-admin")
    except (KeyError, ValueError, TypeError) as error:
        return await _respond(send, 400, {"error": f"{name} was not understood: {error!r}"})
    return await _respond(send, 200, answer)


def guarded(app):
    """MiniStack's application with our door in front of it."""
    async def door(scope, receive, send):
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith((_PREFIX, *_CLOSED)):
            return await app(scope, receive, send)
        name = path.removeprefix(_PREFIX)
        given = dict(scope["headers"]).get(b"x-drawbridge-secret", b"")
        if name != "health" and not hmac.compare_digest(given, settings.SECRET.encode()):
            return await _respond(send, 403, {"error": "The admin door needs the secret of this start."})
        if path.startswith(_CLOSED):
            return await app(scope, receive, send)
        return await _answer(scope, receive, send, name)

    return door
