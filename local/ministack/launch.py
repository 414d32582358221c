"""Starts MiniStack with what it lacks. Run by local/cloud.ts with the settings in the environment.

It ends when the pipe on its standard input closes, so it never outlives the process that
started it, however that process dies.
"""

import asyncio
import signal
import sys
import threading

import clock
import settings


def _install() -> None:
    # The order matters twice: identity before what asks it, resources before any template.
    import builds.service
    import bus_delivery
    import calls
    import change_sets
    import codedeploy.resources
    import codedeploy.service
    import events
    import exports_in_use
    import faults
    import http_apis
    import kept_events
    import lambda_errors
    import mail
    import policy_variables
    import condition_keys
    import resources
    import routing
    import s3_events
    import s3_reading
    import stack_events
    import step_functions
    import template_reading
    from repositories import service, store

    events.install()
    # Faults stand outside the record of calls, which holds what took effect.
    for hook in (clock, calls, faults, policy_variables, condition_keys, stack_events, kept_events, bus_delivery, lambda_errors, step_functions, template_reading,
                 s3_reading, s3_events, mail, resources, exports_in_use, change_sets, http_apis, builds.service, codedeploy.resources):
        hook.install()
    routing.name_resources()
    routing.add_service("codecommit", "CodeCommit_20150413", service, service.resource_arn)
    routing.add_service("codedeploy", "CodeDeploy_20141006", codedeploy.service, codedeploy.service.resource_arn)
    store.open_door()


def _watch_parent(stop) -> None:
    sys.stdin.buffer.read()
    stop()


async def _serve() -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    import admin
    import builds.service
    import codedeploy.deployments
    import http_apis
    from patching import module

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(stopping.set)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop())
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True, name="drawbridge-parent").start()

    config = Config()
    config.bind = [f"127.0.0.1:{settings.PORT}"]
    config.keep_alive_timeout = 75
    # Open keep-alive connections must not hold up the end of a test run.
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    http_apis.started(loop, serve)
    await serve(admin.guarded(module("app").app), config, shutdown_trigger=stopping.wait)
    builds.service.stop_all()
    codedeploy.deployments.stop_all()
    module("core.lambda_runtime").reset()


def _raise_file_limit() -> None:
    # Every function, connection and build costs a few.
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    _raise_file_limit()
    clock.start()
    _install()
    asyncio.run(_serve())
    # Daemon threads of executions still waiting for a token must not keep the process alive.
    sys.stdout.flush()
    sys.stderr.flush()
    import os

    os._exit(0)
