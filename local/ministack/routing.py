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


def name_builds() -> None:
    """BatchGetBuilds is about a project (Service Authorization Reference, AWS CodeBuild); MiniStack asks for ``*``.

    Of several builds the first one's project is asked for, which is enough for callers that ask for one.
    """

    def extended(original):
        def extract(service_name, method, path, headers, body, query, region, account):
            if service_name == "codebuild":
                try:
                    ids = json.loads(body or b"{}").get("ids") or []
                except ValueError:
                    ids = []
                if ids:
                    project = str(ids[0]).split("build/")[-1].split(":")[0]
                    return f"arn:aws:codebuild:{region}:{account}:project/{project}"
            return original(service_name, method, path, headers, body, query, region, account)

        return extract

    replace(actions, "extract_resource_arn", extended)
