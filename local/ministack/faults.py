"""Faults on purpose: one call of one function is throttled, refused, broken before or after its effect, or killed.

Only calls of the tools account's functions are met, also those that they make in another account with a role that they
assumed there. A call is met with all its repetitions by the SDK: a busy or broken service stays so for a few of them, so
that the fault comes through to the function. An answer is lost once, so that a repetition meets the effect of the first.
"""

import itertools
import json
import threading

import callers
import lambda_errors
from identity import evaluator
from patching import module, need, replace

app = need(module("app"), "_dispatch_service_request", "_routing_params")
actions = need(module("core.iam_actions"), "extract_iam_action", "access_denied_response", "_SERVICE_PROTOCOL", "_QUERY_XML_NS")
router = need(module("core.router"), "detect_service", "extract_access_key_id")

HOW = ("throttle", "error", "lost", "denied", "kill")
_REPEATED = 4  # DynamoDB is tried so often, most others once less (AWS SDKs and Tools Reference Guide, "Retry behavior")

# The words of each service for "too many requests" and for a fault of its own (API references, "Common Errors").
_THROTTLES = {"s3": "SlowDown", "lambda": "TooManyRequestsException", "dynamodb": "ThrottlingException", "sns": "Throttling",
              "cloudformation": "Throttling", "sts": "Throttling", "sqs": "ThrottlingException"}
_BROKEN = {"s3": "InternalError", "lambda": "ServiceException", "dynamodb": "InternalServerError", "cloudformation": "InternalFailure",
           "sts": "InternalFailure", "sns": "InternalError", "kms": "KMSInternalException", "events": "InternalException"}

_faults: list[dict] = []
_numbers = itertools.count(1)
_lock = threading.Lock()


def add(data: dict) -> dict:
    """``at`` counts the calls that match from now on; ``function``, ``service``, ``action`` and ``text`` narrow them."""
    if data["how"] not in HOW:
        raise ValueError(f"how must be one of {', '.join(HOW)}")
    fault = {
        "id": next(_numbers), "how": data["how"], "at": int(data.get("at", 1)), "seen": 0, "met": 0, "call": "",
        **{name: data.get(name, "") for name in ("function", "service", "action", "text")},
    }
    with _lock:
        _faults.append(fault)
    return dict(fault)


def listed() -> list[dict]:
    with _lock:
        return [dict(fault) for fault in _faults]


def clear() -> None:
    with _lock:
        _faults.clear()


def _meets(fault: dict, call: dict) -> bool:
    if fault["call"]:
        return fault["call"] == call["id"] and fault["how"] in ("throttle", "error") and fault["met"] < _REPEATED
    if any(fault[name] not in ("", call[name]) for name in ("function", "service", "action")):
        return False
    if fault["text"] and fault["text"] not in call["text"]():
        return False
    if call["repeated"]:
        return False
    fault["seen"] += 1
    if fault["seen"] != fault["at"]:
        return False
    fault["call"] = call["id"]
    return True


def _met(call: dict) -> str:
    with _lock:
        for fault in _faults:
            if _meets(fault, call):
                fault["met"] += 1
                return fault["how"]
    return ""


def _failure(call: dict, how: str, headers: dict, request_id: str) -> tuple:
    service = call["service"]
    code, status, message = (
        (_THROTTLES.get(service, "ThrottlingException"), 503 if service == "s3" else 400, "Rate exceeded")
        if how == "throttle" else
        (_BROKEN.get(service, "InternalServerException"), 500, "We encountered an internal error. Please try again.")
    )
    if service == "lambda" and how == "throttle":
        status = 429
    protocol = actions._SERVICE_PROTOCOL.get(service, "json")
    if protocol == "rest-xml":
        return status, {"Content-Type": "application/xml"}, (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
            f"<RequestId>{request_id}</RequestId></Error>").encode()
    if protocol == "query-xml":
        namespace = actions._QUERY_XML_NS.get(service, f"http://{service}.amazonaws.com/doc/")
        return status, {"Content-Type": "text/xml"}, (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>{"Sender" if how == "throttle" else "Receiver"}</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>").encode()
    return status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, json.dumps({"__type": code, "message": message}).encode()


def install() -> None:
    def broken(original):
        async def dispatch(method, path, headers, body, query, request_id):
            if not _faults:
                return await original(method, path, headers, body, query, request_id)
            principal = evaluator.request_caller_arn(headers, query)
            function = callers.function_of(router.extract_access_key_id(headers, query), principal)
            if not function:
                return await original(method, path, headers, body, query, request_id)
            params = app._routing_params(method, path, headers, body, query)
            service = router.detect_service(method, path, headers, params)
            action = actions.extract_iam_action(service, method, path, headers, body, params) or f"{service}:{method}"
            call = {
                "id": callers.call_of(headers, request_id), "function": function, "service": service,
                "action": action.partition(":")[2], "repeated": not headers.get("amz-sdk-request", "attempt=1").startswith("attempt=1"),
                "text": lambda: f"{path} {(body or b'').decode(errors='replace')}",
            }
            how = _met(call)
            if how in ("throttle", "error"):
                return _failure(call, how, headers, request_id)
            if how == "denied":
                return actions.access_denied_response(service, action, principal, request_id, headers=headers)
            answer = await original(method, path, headers, body, query, request_id)
            if how == "lost":
                return _failure(call, "error", headers, request_id)
            if how == "kill":
                # Its answer arrives nowhere.
                lambda_errors.kill_workers_of(function)
            return answer

        return dispatch

    replace(app, "_dispatch_service_request", broken)
