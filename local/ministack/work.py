"""What goes on in the whole cloud at this moment, so that a test can wait until nothing does."""

import events
from patching import module, need

runtime = need(module("core.lambda_runtime"), "_workers", "_lock")
sfn = need(module("services.stepfunctions"), "_executions")


def going_on() -> dict[str, int]:
    with runtime._lock:
        functions = sum(worker.in_use for pool in runtime._workers.values() for worker in pool)
    executions = sum(execution["status"] == "RUNNING" for _, execution in list(sfn._executions.all_items()))
    return {"events": events.on_their_way(), "functions": functions, "executions": executions}
