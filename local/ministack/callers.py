"""Which function of the tools account a request comes from, also when it acts in another account with a role that it assumed there."""

import re

import settings
from patching import module, need

lambda_svc = need(module("services.lambda_svc"), "_functions")

# Access key of a session -> the function that was given it.
_sessions: dict[str, str] = {}


def function_of(key: str, principal: str) -> str:
    """The function's name, or nothing: what is no function's own session, which bears its name, nor one that it assumed."""
    if key in _sessions:
        return _sessions[key]
    role, _, name = principal.partition(":assumed-role/")[2].partition("/")
    if not role or principal.split(":")[4] != settings.TOOLS_ACCOUNT:
        return ""
    record = lambda_svc._functions.get_scoped(settings.TOOLS_ACCOUNT, settings.REGION, name)
    return name if record and record["config"].get("Role", "").endswith(f"/{role}") else ""


def learn(function: str, service: str, answer: tuple) -> None:
    """Remembers whose the credentials are that a function was answered with."""
    if not function or service != "sts" or answer[0] != 200:
        return
    body = answer[2] if isinstance(answer[2], bytes) else str(answer[2]).encode()
    found = re.search(rb"<AccessKeyId>(\w+)</AccessKeyId>", body)
    if found:
        _sessions[found.group(1).decode()] = function


def call_of(headers: dict, request_id: str) -> str:
    """What the SDK takes for one call: its repetitions carry the same id."""
    return headers.get("amz-sdk-invocation-id") or request_id
