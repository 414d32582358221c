"""Adds a service of our own to MiniStack, so that signatures and IAM hold for it as for the others."""

import json
import sys

from patching import module, need, replace

app = need(module("app"), "SERVICE_REGISTRY", "SERVICE_HANDLERS", "_loaded_modules", "_state_map", "_lazy_handler")
router = need(module("core.router"), "SERVICE_PATTERNS")
actions = need(module("core.iam_actions"), "SERVICE_TO_IAM_NAMESPACE", "extract_resource_arn")


def add_service(name: str, target_prefix: str, service, resource_arn) -> None:
    """``service`` is a module as MiniStack has them; ``resource_arn(body, region, account)`` names what is called."""
    app.SERVICE_REGISTRY[name] = {"module": name}
    app._loaded_modules[name] = service
    app._state_map[name] = name
    app.SERVICE_HANDLERS[name] = app._lazy_handler(name)
    sys.modules[f"ministack.services.{name}"] = service
    router.SERVICE_PATTERNS[name] = {
        "target_prefixes": [target_prefix], "host_patterns": [rf"{name}\."], "credential_scope": name,
    }
    actions.SERVICE_TO_IAM_NAMESPACE[name] = name

    def extended(original):
        def extract(service_name, method, path, headers, body, query, region, account):
            if service_name == name:
                return resource_arn(body, region, account)
            return original(service_name, method, path, headers, body, query, region, account)

        return extract

    replace(actions, "extract_resource_arn", extended)


def _build(body: dict) -> str:
    # Of several builds or projects the first one is asked for, which is enough for callers that ask for one.
    ids = body.get("ids") or body.get("names") or []
    return f"project/{str(ids[0]).split('build/')[-1].split(':')[0]}" if ids else ""


def _log_stream(body: dict) -> str:
    group, stream = body.get("logGroupName"), body.get("logStreamName")
    return f"log-group:{group}:log-stream:{stream}" if group and stream else ""


def _parameters(body: dict) -> str:
    # Of several the first one is asked for here; AWS asks for each.
    names = body.get("Names") or []
    return f"parameter/{str(names[0]).lstrip('/')}" if names else ""


def name_resources() -> None:
    """Calls whose resource MiniStack takes for another one (Service Authorization Reference).

    BatchGetBuilds and BatchGetProjects are about a project, GetLogEvents and PutLogEvents are about a log stream,
    GetParameters is about parameters.
    """
    named = {"codebuild": _build, "logs": _log_stream, "ssm": _parameters}

    def extended(original):
        def extract(service_name, method, path, headers, body, query, region, account):
            if service_name in named:
                try:
                    resource = named[service_name](json.loads(body or b"{}"))
                except (ValueError, AttributeError):
                    resource = ""
                if resource:
                    return f"arn:aws:{service_name}:{region}:{account}:{resource}"
            return original(service_name, method, path, headers, body, query, region, account)

        return extract

    replace(actions, "extract_resource_arn", extended)
