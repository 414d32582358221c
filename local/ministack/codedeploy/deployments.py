"""One deployment after the other in each group: run, end, and roll back where the group wants it."""

import concurrent.futures
import contextvars
import copy
import threading

import identity

from . import functions, hooks, instances, records, server, store
from .errors import CodeDeployError

# A deployment calls the emulator itself and waits, so each has a thread.
_workers = concurrent.futures.ThreadPoolExecutor(16, thread_name_prefix="drawbridge-deploy")
_stops: set[str] = set()
_lock = threading.Lock()
_NO_INSTANCES = "The deployment failed because no instances were found for your deployment group. Check your deployment group settings to make sure the tags for your Amazon EC2 instances match your deployment configuration."
_UNHEALTHY = ("The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for "
              "deployment, or some instances in your deployment group are experiencing problems.")


def create(data: dict) -> dict:
    group = store.group(data)
    records.may_create(group, data, identity.caller(), identity.may)
    revision = store.revision(data, group["computePlatform"])
    with _lock:
        deployment = records.make(group, revision, data)
    _start(group, deployment)
    return {"deploymentId": deployment["deploymentId"]}


def _start(group: dict, deployment: dict) -> None:
    # The stores are scoped by the request's account and Region, so the deployment works in a copy of its context.
    _workers.submit(contextvars.copy_context().run, _run, group, deployment)


def _run(group: dict, deployment: dict) -> None:
    name = deployment["deploymentId"]
    stopped = lambda: name in _stops
    try:
        records.begin(deployment)
        code, message = _deploy(group, deployment, stopped)
    except Exception as error:  # our own mistake: CodeDeploy calls that INTERNAL_ERROR
        instances.ec2.logger.exception("local cloud: deployment %s", name)
        code, message = "INTERNAL_ERROR", repr(error)
    rollback = None
    with _lock:
        status = "Stopped" if stopped() else "Failed" if code else "Succeeded"
        records.finish(group, deployment, status, code if status == "Failed" else "", message)
        if status != "Succeeded":
            rollback = _rollback(group, deployment, status)
    records.announce(deployment, {"Succeeded": "SUCCESS", "Failed": "FAILURE", "Stopped": "STOP"}[status])
    if rollback:
        _start(group, rollback)


def _deploy(group: dict, deployment: dict, stopped) -> tuple[str, str]:
    """One after the other, and any that fails is too many: stricter than most deployment configurations."""
    if group["computePlatform"] == "Lambda":
        agents = [functions.Shift(group, deployment)]
    else:
        agents = [server.Agent(group, deployment, one) for one in instances.of_group(group)]
    if not agents:
        return "NO_INSTANCES", _NO_INSTANCES
    overview = deployment["deploymentOverview"]
    overview["Pending"] = len(agents)
    for agent in agents:
        good = agent.run(stopped)
        overview["Pending"] -= 1
        overview["Succeeded" if good else "Failed"] += 1
        if not good:
            return ("HEALTH_CONSTRAINTS", _UNHEALTHY) if group["computePlatform"] == "Server" else ("LAMBDA_FAILED", "A lifecycle event of the deployment failed.")
    return "", ""


def _rollback(group: dict, failed: dict, status: str) -> dict | None:
    """An automatic rollback is a new deployment of the last revision that was good (F 8.4)."""
    wish = failed["autoRollbackConfiguration"]
    why = "DEPLOYMENT_FAILURE" if status == "Failed" else "DEPLOYMENT_STOP_ON_REQUEST"
    if not wish.get("enabled") or why not in (wish.get("events") or []) or failed["creator"] == "codeDeployRollback":
        return None
    good = store.deployments.get((group.get("lastSuccessfulDeployment") or {}).get("deploymentId", ""))
    if good is None:
        failed["rollbackInfo"] = {"rollbackMessage": f"Deployment {failed['deploymentId']} cannot be rolled back: nothing was deployed to the group before."}
        return None
    rollback = records.make(group, copy.deepcopy(good["revision"]), {"deploymentConfigName": failed["deploymentConfigName"], "fileExistsBehavior": failed["fileExistsBehavior"],
                                              "description": f"Automatic rollback of {failed['deploymentId']}"}, "codeDeployRollback")
    rollback["rollbackInfo"] = {"rollbackTriggeringDeploymentId": failed["deploymentId"]}
    failed["rollbackInfo"] = {"rollbackDeploymentId": rollback["deploymentId"], "rollbackMessage": f"Deployment {rollback['deploymentId']} rolls {failed['deploymentId']} back."}
    return rollback


def stop(data: dict) -> dict:
    deployment = store.deployment(data)
    if deployment["status"] not in store.RUNNING:
        raise CodeDeployError("DeploymentAlreadyCompletedException", f"The deployment {deployment['deploymentId']} is completed already")
    if data.get("autoRollbackEnabled"):
        deployment["autoRollbackConfiguration"] = {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_REQUEST"]}
    _stops.add(deployment["deploymentId"])
    return {"status": "Pending", "statusMessage": "The deployment is being stopped"}


def stop_all() -> None:
    _workers.shutdown(wait=False, cancel_futures=True)
    hooks.end_all()
