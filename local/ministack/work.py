"""What goes on in the whole cloud at this moment, so that a test can wait until nothing does."""

import threading

import events
from patching import module, need

runtime = need(module("core.lambda_runtime"), "_workers", "_lock")
need(module("services.lambda_svc"), "invoke_async_with_retry")
sfn = need(module("services.stepfunctions"), "_executions")


def _invocations() -> int:
    """Asynchronous invocations that are not over, also those that wait to be tried again: each has a thread of its own."""
    return sum(
        any(getattr(given, "__qualname__", "").startswith("invoke_async_with_retry.") for given in getattr(thread, "_args", ()))
        for thread in threading.enumerate()
    )


def going_on() -> dict[str, int]:
    with runtime._lock:
        functions = sum(worker.in_use for pool in runtime._workers.values() for worker in pool)
    executions = sum(execution["status"] == "RUNNING" for _, execution in sfn._executions.all_items())
    return {"events": events.on_their_way(), "invocations": _invocations(), "functions": functions, "executions": executions}
