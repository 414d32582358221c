"""StartBuild, StopBuild and the queue between them."""

import concurrent.futures
import contextvars
import copy
import json
import threading
import time

import settings
from identity import responses
from patching import replace

from . import records
from .agent import Agent
from .records import codebuild

_agents: dict[str, Agent] = {}
_lock = threading.Lock()
# A queue like CodeBuild's: what is over the limit waits, and what is over the queue is refused (F 5.6).
_workers = concurrent.futures.ThreadPoolExecutor(settings.BUILD_LIMIT, thread_name_prefix="drawbridge-build")
_tokens: dict[tuple, tuple[float, str, str]] = {}
_TOKEN_SECONDS = 5 * 60


def _failed(name: str, message: str):
    return responses.error_response_json(name, message, 400)


def _run(agent: Agent) -> None:
    try:
        agent.run()
    finally:
        with _lock:
            _agents.pop(agent.build["id"], None)


def start(request: dict):
    name = request.get("projectName", "")
    name = codebuild._project_name_from_identifier(name) or name
    project = codebuild._projects.get(name)
    if project is None:
        return _failed("ResourceNotFoundException", f"Project cannot be found: {name}")
    token = request.get("idempotencyToken")
    key = (responses.get_account_id(), responses.get_region(), name, token)
    content = json.dumps({field: value for field, value in request.items() if field != "idempotencyToken"}, sort_keys=True)
    with _lock:
        began, before, build_id = _tokens.get(key, (0.0, "", ""))
        if token and time.time() - began < _TOKEN_SECONDS:
            if before != content:
                return _failed("InvalidInputException", "The idempotency token was used with other parameters")
            return responses.json_response({"build": codebuild._builds[build_id]})
        most = settings.BUILD_LIMIT + settings.BUILD_QUEUE
        if sum(not build["buildComplete"] for build in codebuild._builds.values()) >= most:
            return _failed("AccountLimitExceededException", f"Cannot have more than {most} builds in queue for the account")
        build = records.make(project, request)
        codebuild._builds[build["id"]] = build
        if token:
            _tokens[key] = (time.time(), content, build["id"])
        agent = _agents[build["id"]] = Agent(build, copy.deepcopy(project))
    answer = responses.json_response({"build": copy.deepcopy(build)})
    # The stores are scoped by the request's account and Region, so the build works in a copy of its context.
    _workers.submit(contextvars.copy_context().run, _run, agent)
    return answer


def stop(request: dict):
    build = codebuild._builds.get(request.get("id", "").rpartition("build/")[2])
    if build is None:
        return _failed("ResourceNotFoundException", f"Build cannot be found: {request.get('id', '')}")
    with _lock:
        agent = _agents.get(build["id"])
    if agent:
        # On AWS too the answer still says IN_PROGRESS; the end comes as an event.
        agent.stop("STOPPED")
    return responses.json_response({"build": copy.deepcopy(build)})


def shown(original):
    def batch_get(request):
        # CodeBuild takes the ARN of a build for its id.
        ids = [build_id.rpartition(":build/")[2] for build_id in request.get("ids", [])]
        return original({"ids": ids})

    return batch_get


def stop_all() -> None:
    with _lock:
        running = list(_agents.values())
    _workers.shutdown(wait=False, cancel_futures=True)
    for agent in running:
        agent.stop("STOPPED")


def install() -> None:
    replace(codebuild, "_start_build", lambda _original: start)
    replace(codebuild, "_stop_build", lambda _original: stop)
    replace(codebuild, "_batch_get_builds", shown)
