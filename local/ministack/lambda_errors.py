"""A function's error keeps its own name, and a function that failed stays warm.

MiniStack reports every error of a Node handler as Runtime.HandlerError, so a Retry or Catch that
names an error never matches, and it kills the worker. The worker scripts are changed to answer
an error as an ordinary result under one key, which is turned back into an error here.
"""

from patching import module, need, replace, replace_text

runtime = need(module("core.lambda_runtime"), "_workers", "_lock", "kill_workers")
lambda_svc = module("services.lambda_svc")
KEY = "__drawbridge_error__"
# The words of MiniStack for a process that ended without an answer, in any of the moments in which it can.
_DIED = ("Worker process died", "Worker process exited", "Worker returned no response", "[Errno 32]", "'NoneType'")

_NODE_OLD = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
_NODE_OLD_SYNC = 'status: "error", error: e.message, trace: e.stack'
_PYTHON_OLD = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'


def _node(name: str) -> str:
    # The name property decides, not the class: minification renames classes.
    return (
        f'status: "ok", result: {{ {KEY}: {{ errorType: ({name} && {name}.name) || typeof {name}, '
        f'errorMessage: String({name} && {name}.message !== undefined ? {name}.message : {name}), '
        f'trace: String(({name} && {name}.stack) || "").split("\\n") }} }}'
    )


def install() -> None:
    replace_text(runtime, "_NODEJS_WORKER_SCRIPT", _NODE_OLD, _node("err"), 1)
    replace_text(runtime, "_NODEJS_WORKER_SCRIPT", _NODE_OLD_SYNC, _node("e"), 1)
    replace_text(
        runtime, "_PYTHON_WORKER_SCRIPT", _PYTHON_OLD,
        f'{{"status": "ok", "result": {{"{KEY}": {{"errorType": type(e).__name__, "errorMessage": str(e), '
        f'"trace": traceback.format_exc().splitlines()}}}}}}', 1,
    )

    def unpacked(original):
        def execute(func, event, request_id):
            answer = original(func, event, request_id)
            body = answer.get("body")
            if isinstance(body, dict) and KEY in body and len(body) == 1:
                error = body[KEY]
                log = "\n".join(filter(None, [answer.get("log", ""), *error["trace"]]))
                return {"body": error, "error": True, "log": log}
            if answer.get("error") and isinstance(body, dict) and str(body.get("errorMessage", "")).startswith(_DIED):
                # What Lambda says of an environment that crashed.
                return {**answer, "body": {**body, "errorType": "Runtime.ExitError"}}
            return answer

        return execute

    replace(lambda_svc, "_execute_function_warm", unpacked)


def kill_workers_in(account: str) -> int:
    """A crash of every environment in one account, busy or idle: its next call starts a new process."""
    return _kill(lambda key, _worker: key.startswith(f"{account}:"))


def kill_workers_of(function: str) -> int:
    """A crash of the environments of one function that are at work."""
    return _kill(lambda _key, worker: worker.in_use and worker.func_name == function)


def _kill(meant) -> int:
    with runtime._lock:
        workers = [worker for key, pool in runtime._workers.items() for worker in pool if meant(key, worker)]
    killed = 0
    for worker in workers:
        process = worker._proc
        if process is not None and process.poll() is None:
            process.kill()
            killed += 1
    return killed
