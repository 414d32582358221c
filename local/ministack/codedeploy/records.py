"""The record of a deployment as GetDeployment shows it, and the events that tell of it."""

import time

import events
from identity import evaluator, responses

from . import store
from .errors import CodeDeployError

_OVERVIEW = {"Pending": 0, "InProgress": 0, "Succeeded": 0, "Failed": 0, "Skipped": 0, "Ready": 0}


def make(group: dict, revision: dict, request: dict, creator: str = "user", **more) -> dict:
    owner, name = group["applicationName"], group["deploymentGroupName"]
    for other in store.of_group(owner, name):
        if other["status"] in store.RUNNING:
            raise CodeDeployError("DeploymentLimitExceededException", f"The Deployment Group '{name}' already has an active Deployment '{other['deploymentId']}'")
    last = group.get("lastSuccessfulDeployment") or {}
    before = (store.deployments.get(last.get("deploymentId", "")) or {}).get("revision")
    deployment = {
        "deploymentId": store.new_id(), "applicationName": owner, "deploymentGroupName": name,
        "deploymentConfigName": request.get("deploymentConfigName") or group["deploymentConfigName"],
        "revision": revision, "status": "Created", "createTime": time.time(), "creator": creator,
        "description": request.get("description", ""),
        "autoRollbackConfiguration": request.get("autoRollbackConfiguration") or group.get("autoRollbackConfiguration") or {"enabled": False},
        "ignoreApplicationStopFailures": bool(request.get("ignoreApplicationStopFailures")),
        "fileExistsBehavior": request.get("fileExistsBehavior", "DISALLOW"),
        "deploymentOverview": dict(_OVERVIEW), "computePlatform": group["computePlatform"], **more,
    }
    if before:
        deployment["previousRevision"] = before
    store.deployments[deployment["deploymentId"]] = deployment
    store.targets[deployment["deploymentId"]] = []
    group["lastAttemptedDeployment"] = _short(deployment)
    return deployment


def _short(deployment: dict) -> dict:
    return {name: deployment[name] for name in ("deploymentId", "status", "createTime", "completeTime") if name in deployment} | (
        {"endTime": deployment["completeTime"]} if "completeTime" in deployment else {})


def begin(deployment: dict) -> None:
    deployment.update(status="InProgress", startTime=time.time())
    announce(deployment, "START")


def finish(group: dict, deployment: dict, status: str, code: str = "", message: str = "") -> None:
    deployment.update(status=status, completeTime=time.time())
    if code:
        deployment["errorInformation"] = {"code": code, "message": message}
    group["lastAttemptedDeployment"] = _short(deployment)
    if status == "Succeeded":
        group["lastSuccessfulDeployment"] = _short(deployment)
        group["targetRevision"] = deployment["revision"]


def announce(deployment: dict, state: str) -> None:
    account, region = responses.get_account_id(), responses.get_region()
    owner, name = deployment["applicationName"], deployment["deploymentGroupName"]
    group = store.groups.get(f"{owner}/{name}") or {}
    events.emit(account, region, "aws.codedeploy", "CodeDeploy Deployment State-change Notification",
                [store.arn("application", owner), store.arn("deploymentgroup", f"{owner}/{name}")],
                {"instanceGroupId": group.get("deploymentGroupId", ""), "region": region, "application": owner,
                 "deploymentId": deployment["deploymentId"], "state": state, "deploymentGroup": name})


def may_create(group: dict, request: dict, principal, may) -> None:
    """CreateDeployment reads the configuration and registers the revision in its caller's name (CodeDeploy User Guide, "permissions reference")."""
    owner = store.arn("application", group["applicationName"])
    config = store.arn("deploymentconfig", request.get("deploymentConfigName") or group["deploymentConfigName"])
    for action, resource in (("GetDeploymentConfig", config), ("GetApplicationRevision", owner), ("RegisterApplicationRevision", owner)):
        if not may(principal, f"codedeploy:{action}", resource):
            raise CodeDeployError("AccessDeniedException", f"User: {evaluator.caller_arn()} is not authorized to perform: codedeploy:{action} on resource: {resource}")
