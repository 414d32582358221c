"""The CodeDeploy API as MiniStack routes it: JSON 1.1, the action in X-Amz-Target."""

import copy
import json

from identity import responses
from patching import module, need

from . import deployments, functions, store
from .errors import CodeDeployError, required
from .store import get_state, load_persisted_state, reset  # noqa: F401 - MiniStack asks the service for these

run_reentrant = need(module("core.concurrency"), "run_reentrant").run_reentrant
need(responses, "new_uuid")
_SETTINGS = ("deploymentConfigName", "ec2TagFilters", "ec2TagSet", "onPremisesInstanceTagFilters", "serviceRoleArn", "autoRollbackConfiguration", "deploymentStyle")


def create_application(data):
    name = required(data, "applicationName", "ApplicationNameRequiredException")
    if name in store.applications:
        raise CodeDeployError("ApplicationAlreadyExistsException", f"Application already exists with name: {name}")
    store.applications[name] = {"applicationId": responses.new_uuid(), "applicationName": name, "computePlatform": data.get("computePlatform") or "Server", "linkedToGitHub": False, "revisions": []}
    return {"applicationId": store.applications[name]["applicationId"]}


def delete_application(data):
    name = required(data, "applicationName", "ApplicationNameRequiredException")
    store.applications.pop(name, None)
    for key in [key for key in store.groups if key.startswith(f"{name}/")]:
        store.groups.pop(key, None)
    return {}


def create_group(data):
    owner = store.application(data)
    name = required(data, "deploymentGroupName", "DeploymentGroupNameRequiredException")
    required(data, "serviceRoleArn", "RoleRequiredException")
    key = f"{owner['applicationName']}/{name}"
    if key in store.groups:
        raise CodeDeployError("DeploymentGroupAlreadyExistsException", f"Deployment group with name {name} already exists")
    usual = "CodeDeployDefault.LambdaAllAtOnce" if owner["computePlatform"] == "Lambda" else "CodeDeployDefault.OneAtATime"
    store.groups[key] = {
        "applicationName": owner["applicationName"], "deploymentGroupName": name, "deploymentGroupId": responses.new_uuid(),
        "computePlatform": owner["computePlatform"], "deploymentConfigName": usual, **{field: data[field] for field in _SETTINGS if data.get(field)},
    }
    return {"deploymentGroupId": store.groups[key]["deploymentGroupId"]}


def update_group(data):
    group = store.group({**data, "deploymentGroupName": data.get("currentDeploymentGroupName")})
    group |= {field: data[field] for field in _SETTINGS if data.get(field)}
    return {}


def delete_group(data):
    store.groups.pop(f"{data.get('applicationName')}/{data.get('deploymentGroupName')}", None)
    return {}


def _get_application(data):
    return {"application": {name: value for name, value in store.application(data).items() if name != "revisions"}}


def _register_revision(data):
    owner = store.application(data)
    revision = store.revision(data, owner["computePlatform"])
    if revision not in owner["revisions"]:
        owner["revisions"].append(revision)
    return {}


def _get_revision(data):
    owner = store.application(data)
    revision = store.revision(data, owner["computePlatform"])
    if revision not in owner["revisions"]:
        raise CodeDeployError("RevisionDoesNotExistException", "The named revision does not exist")
    return {"applicationName": owner["applicationName"], "revision": revision, "revisionInfo": {}}


def _list_deployments(data):
    group = store.group(data)
    wanted, span = data.get("includeOnlyStatuses"), data.get("createTimeRange") or {}
    found = store.of_group(group["applicationName"], group["deploymentGroupName"])
    return {"deployments": [
        it["deploymentId"] for it in found
        if (not wanted or it["status"] in wanted) and float(span.get("start") or 0) <= it["createTime"] <= float(span.get("end") or it["createTime"])
    ]}


def _batch_get(data):
    return {"deploymentsInfo": [found for name in data.get("deploymentIds") or [] if (found := store.deployments.get(name))]}


def _status(target):
    return next(value for key, value in target.items() if key.endswith("Target"))


def _list_targets(data):
    deployment = store.deployment(data)
    wanted = (data.get("targetFilters") or {}).get("TargetStatus")
    found = [_status(target) for target in store.targets.get(deployment["deploymentId"]) or []]
    return {"targetIds": [it["targetId"] for it in found if not wanted or it["status"] in wanted]}


def _get_target(data):
    deployment = store.deployment(data)
    for target in store.targets.get(deployment["deploymentId"]) or []:
        if _status(target)["targetId"] == data.get("targetId"):
            return {"deploymentTarget": target}
    raise CodeDeployError("DeploymentTargetDoesNotExistException", f"The deployment has no target {data.get('targetId')}")


_ACTIONS = {
    "CreateApplication": create_application, "GetApplication": _get_application, "DeleteApplication": delete_application,
    "CreateDeploymentGroup": create_group, "UpdateDeploymentGroup": update_group, "DeleteDeploymentGroup": delete_group,
    "GetDeploymentGroup": lambda data: {"deploymentGroupInfo": store.group(data)},
    "RegisterApplicationRevision": _register_revision, "GetApplicationRevision": _get_revision,
    "CreateDeployment": deployments.create, "StopDeployment": deployments.stop,
    "GetDeployment": lambda data: {"deploymentInfo": store.deployment(data)},
    "BatchGetDeployments": _batch_get, "ListDeployments": _list_deployments,
    "ListDeploymentTargets": _list_targets, "GetDeploymentTarget": _get_target,
    "PutLifecycleEventHookExecutionStatus": functions.report_hook,
}


def _answer(action: str, body: bytes):
    try:
        handler = _ACTIONS.get(action)
        if handler is None:
            return responses.error_response_json("UnknownOperationException", f"{action} is not part of the local cloud", 400)
        return responses.json_response(copy.deepcopy(handler(json.loads(body or b"{}"))))
    except CodeDeployError as error:
        return responses.error_response_json(error.name, str(error), 400)


async def handle_request(method, path, headers, body, query_params):
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    return await run_reentrant(_answer, action, body, thread_name="drawbridge-codedeploy")


def resource_arn(body: bytes, region: str, account: str) -> str:
    """What a call names; targets of a deployment are no resource (Service Authorization Reference, "AWS CodeDeploy")."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return "*"
    if not isinstance(data, dict) or "targetId" in data or "targetFilters" in data:
        return "*"
    name = data.get("deploymentId") or (data.get("deploymentIds") or [""])[0]
    known = store.deployments.get_scoped(account, region, name) or data
    owner, group = known.get("applicationName"), known.get("deploymentGroupName") or known.get("currentDeploymentGroupName")
    if not owner:
        return "*"
    return store.arn("deploymentgroup", f"{owner}/{group}", region, account) if group else store.arn("application", owner, region, account)
