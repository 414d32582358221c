"""A record of every API request: who called what in which account, and how it was answered.

Security tests ask it whether a forbidden call was refused; the benchmark counts with it.
"""

import collections
import threading
import time

from identity import access_key, evaluator, responses
from patching import module, need, replace

app = need(module("app"), "_dispatch_service_request", "_handle_execute_api_request", "_routing_params")
actions = need(module("core.iam_actions"), "extract_iam_action")
router = need(module("core.router"), "detect_service", "extract_access_key_id", "extract_region")

_log: collections.deque = collections.deque(maxlen=200_000)
_lock = threading.Lock()


def add(service: str, action: str, principal: str, status: int, resource: str = "") -> None:
    entry = {
        "time": time.time(), "account": responses.get_account_id(), "region": responses.get_region(),
        "principal": principal, "service": service, "action": action, "status": status,
    }
    if resource:
        entry["resource"] = resource
    with _lock:
        _log.append(entry)


def listed() -> list[dict]:
    with _lock:
        return list(_log)


def counted() -> list[dict]:
    sums = collections.Counter(
        (entry["account"], entry["service"], entry["action"], entry["principal"], entry["status"]) for entry in listed()
    )
    names = ("account", "service", "action", "principal", "status")
    return [{**dict(zip(names, key)), "count": count} for key, count in sums.most_common()]


def clear() -> None:
    with _lock:
        _log.clear()


def install() -> None:
    def recorded(original):
        async def dispatch(method, path, headers, body, query, request_id):
            access_key.set(router.extract_access_key_id(headers, query))
            account = responses.get_account_id()
            params = app._routing_params(method, path, headers, body, query)
            service = router.detect_service(method, path, headers, params)
            action = actions.extract_iam_action(service, method, path, headers, body, params) or f"{service}:{method}"
            principal = evaluator.request_caller_arn(headers, query)
            answer = await original(method, path, headers, body, query, request_id)
            # Answering an S3 request moves the context into the bucket owner's account; the
            # account that was called is the one the caller's credentials belong to.
            with responses.request_scope(account, responses.get_region()):
                add(service, action.partition(":")[2], principal, answer[0], path if service == "s3" else "")
            return answer

        return dispatch

    def door(original):
        async def execute(host, path, method, headers, body, query, **kwargs):
            answer = await original(host, path, method, headers, body, query, **kwargs)
            if answer is not None:
                signed = router.extract_access_key_id(headers, query)
                principal = evaluator.request_caller_arn(headers, query) if signed else "anonymous"
                add("execute-api", "Invoke", principal, answer[0], f"{method} {path}")
            return answer

        return execute

    replace(app, "_dispatch_service_request", recorded)
    replace(app, "_handle_execute_api_request", door)
