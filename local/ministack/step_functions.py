"""Where Step Functions on one machine must agree with AWS, because the workflows depend on it.

* An error thrown in ``lambda:invoke.waitForTaskToken`` fails the task at once (F 4.8).
* A retried task gets a new token; an old or answered token is TaskTimedOut (F 4.5, 4.6).
* HeartbeatSeconds counts, and both times may be JSONata expressions (F 4.7).
* ``startExecution.sync`` runs an ordinary execution: it has a unique name, status events, and its
  failure is States.TaskFailed in the parent; aborting the parent stops it.
* StartExecution with the same name and input while running answers the same again (F 4.4).
"""

import contextvars
import json
import threading
import time

from patching import module, need, replace

sfn = need(
    module("services.stepfunctions"),
    "_ExecutionError", "_task_tokens", "_executions", "_invoke_resource", "_nested_start_execution_request", "_stop_execution", "_state_query_language",
    "_apply_jsonata_template", "_apply_jsonata_output", "_describe_execution", "_start_execution",
)
responses = need(module("core.responses"), "error_response_json", "json_response", "new_uuid")

# The execution and context of the task that this thread is running.
_running = contextvars.ContextVar("drawbridge_task", default=(None, None))
_closed: dict[str, float] = {}
_answering = threading.Lock()
_POLL = 0.05


def _aborted() -> bool:
    execution, _ = _running.get()
    return execution is not None and execution.get("status") != "RUNNING"


def _close(token: str) -> dict:
    with _answering:
        _closed[token] = time.time()
        return sfn._task_tokens.pop(token, {})


def _wait(token: str, state_def: dict):
    """Blocks until the token is answered, the time is up, the heart stops or the execution is stopped."""
    info = sfn._task_tokens[token]
    started = time.monotonic()
    limit = float(state_def.get("TimeoutSeconds", 99_999_999))
    beat = float(state_def.get("HeartbeatSeconds", 0))
    last_beat, seen = started, info["heartbeat"]
    while not info["event"].wait(_POLL):
        now = time.monotonic()
        if info["heartbeat"] != seen:
            seen, last_beat = info["heartbeat"], now
        if now - started >= limit:
            raise sfn._ExecutionError("States.Timeout", "Task timed out waiting for its token")
        if beat and now - last_beat >= beat:
            raise sfn._ExecutionError("States.Timeout", "Task sent no heartbeat in time")
        if _aborted():
            raise sfn._ExecutionError("States.Runtime", "The execution was stopped")
    info = _close(token)
    if info.get("error"):
        raise sfn._ExecutionError(info["error"].get("Error", ""), info["error"].get("Cause", ""))
    return json.loads(info["result"])


# Every task token there ever was, for the test that looks for them where they must not be.
handed_out: list[str] = []


def _callback(_original):
    def invoke(resource, arguments, token, state_def):
        _, ctx = _running.get()
        handed_out.append(token)
        sfn._task_tokens[token] = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
        try:
            # What the call returns is ignored; what it throws is the task's failure.
            sfn._invoke_resource(resource.replace(".waitForTaskToken", ""), arguments)
            return _wait(token, state_def)
        except sfn._ExecutionError:
            _close(token)
            if ctx and "Task" in ctx:
                ctx["Task"] = {"Token": responses.new_uuid()}
            raise

    return invoke


def _task(original):
    def execute(state_def, raw_input, execution, ctx):
        times = {}
        for field in ("TimeoutSeconds", "HeartbeatSeconds"):
            value = state_def.get(field)
            if isinstance(value, str) and sfn._state_query_language(state_def, ctx) == "JSONata":
                times[field] = sfn._apply_jsonata_template(value, raw_input, ctx)
        scope = _running.set((execution, ctx))
        try:
            return original({**state_def, **times} if times else state_def, raw_input, execution, ctx)
        finally:
            _running.reset(scope)

    return execute


def _nested(_original):
    def invoke(resource, arguments):
        request = sfn._nested_start_execution_request(arguments)
        status, _, body = sfn._start_execution(request)
        answer = json.loads(body)
        if status >= 400:
            name = answer.get("__type", "States.Runtime").split("#")[-1]
            raise sfn._ExecutionError(f"StepFunctions.{name}Exception".replace("ExceptionException", "Exception"),
                                      answer.get("message", "The execution could not be started"))
        child = sfn._executions[answer["executionArn"]]
        while child["status"] == "RUNNING":
            if _aborted():
                sfn._stop_execution({"executionArn": child["executionArn"], "cause": "The parent was stopped"})
                break
            time.sleep(_POLL)
        shown = {key[0].upper() + key[1:]: value for key, value in
                 json.loads(sfn._describe_execution({"executionArn": child["executionArn"]})[2]).items()}
        if child["status"] != "SUCCEEDED":
            raise sfn._ExecutionError("States.TaskFailed", json.dumps(shown))
        if resource.endswith(".sync:2"):
            shown["Output"] = json.loads(child["output"] or "null")
            shown["Input"] = json.loads(child["input"] or "{}")
        return shown

    return invoke


def _start(original):
    def start(request):
        name = request.get("name")
        if name:
            same = [execution for arn, execution in sfn._executions.items()
                    if execution["name"] == name and execution["status"] == "RUNNING"
                    and execution["stateMachineArn"] == request.get("stateMachineArn")
                    and execution["input"] == request.get("input", "{}")]
            if same:
                return responses.json_response(
                    {"executionArn": same[0]["executionArn"], "startDate": same[0]["startDate"]})
        return original(request)

    return start


def _describe(original):
    def describe(request):
        status, headers, body = original(request)
        answer = json.loads(body)
        # AWS gives a failed execution an error and a cause, never an output.
        if status == 200 and answer.get("status") != "SUCCEEDED":
            for field in ("output", "outputDetails"):
                answer.pop(field, None)
            return responses.json_response(answer)
        return status, headers, body

    return describe


def _answer(original):
    def answer(request):
        token = request.get("taskToken", "")
        with _answering:
            info = sfn._task_tokens.get(token)
            if token in _closed or (info and info["event"].is_set()):
                return responses.error_response_json(
                    "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400)
            if info is None:
                return responses.error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
            if "output" in request:
                try:
                    json.loads(request["output"])
                except ValueError:
                    return responses.error_response_json("InvalidOutput", "Invalid Output: 'not valid JSON'", 400)
            return original(request)

    return answer


def _succeed(original):
    """A JSONata Succeed state may have an Output, which MiniStack ignores."""
    def output(state_def, data, ctx=None):
        if state_def.get("Type") == "Succeed" and sfn._state_query_language(state_def, ctx) == "JSONata":
            return sfn._apply_jsonata_output(state_def, data, ctx, default=data)
        return original(state_def, data, ctx)

    return output


def _fail(original):
    def fail(execution, error, cause):
        # A thread that was waiting when the execution was stopped must not turn ABORTED into FAILED.
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail


def install() -> None:
    replace(sfn, "_invoke_with_callback", _callback)
    replace(sfn, "_execute_task", _task)
    replace(sfn, "_fail_execution", _fail)
    replace(sfn, "_apply_output_path", _succeed)
    replace(sfn, "_invoke_nested_start_execution_sync", _nested)
    replace(sfn, "_start_execution", _start)
    replace(sfn, "_describe_execution", _describe)
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        replace(sfn, name, _answer)
