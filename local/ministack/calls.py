"""A record of every API request: who called what in which account, and how it was answered.

Security tests ask it whether a forbidden call was refused; the benchmark counts with it.
"""

import collections
import threading
import time

import callers
from identity import access_key, evaluator, responses
from patching import module, need, replace

app = need(module("app"), "_dispatch_service_request", "_handle_execute_api_request", "_routing_params")
actions = need(module("core.iam_actions"), "extract_iam_action")
router = need(module("core.router"), "detect_service", "extract_access_key_id", "extract_region")

_log: collections.deque = collections.deque(maxlen=200_000)
_lock = threading.Lock()


def add(service: str, action: str, principal: str, status: int, **more: str) -> None:
    entry = {
        "time": time.time(), "account": responses.get_account_id(), "region": responses.get_region(),
        "principal": principal, "service": service, "action": action, "status": status,
        **{name: text for name, text in more.items() if text},
    }
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


def _resource(service: str, path: str, params: dict) -> str:
    if service == "s3":
        return path
    named = params.get("ChangeSetName") if service == "cloudformation" else None
    return str(named[0] if isinstance(named, list) else named or "")


def install() -> None:
    def recorded(original):
        async def dispatch(method, path, headers, body, query, request_id):
            access_key.set(router.extract_access_key_id(headers, query))
            account = responses.get_account_id()
            params = app._routing_params(method, path, headers, body, query)
            service = router.detect_service(method, path, headers, params)
            action = actions.extract_iam_action(service, method, path, headers, body, params) or f"{service}:{method}"
            principal = evaluator.request_caller_arn(headers, query)
            function = callers.function_of(access_key.get(), principal)
            answer = await original(method, path, headers, body, query, request_id)
            callers.learn(function, service, answer)
            # Answering an S3 request moves the context into the bucket owner's account; the
            # account that was called is the one the caller's credentials belong to.
            with responses.request_scope(account, responses.get_region()):
                add(service, action.partition(":")[2], principal, answer[0], resource=_resource(service, path, params),
                    function=function, call=callers.call_of(headers, request_id) if function else "")
            return answer

        return dispatch

    def door(original):
        async def execute(host, path, method, headers, body, query, **kwargs):
            answer = await original(host, path, method, headers, body, query, **kwargs)
            if answer is not None:
                signed = router.extract_access_key_id(headers, query)
                principal = evaluator.request_caller_arn(headers, query) if signed else "anonymous"
                add("execute-api", "Invoke", principal, answer[0], resource=f"{method} {path}")
            return answer

        return execute

    replace(app, "_dispatch_service_request", recorded)
    replace(app, "_handle_execute_api_request", door)
