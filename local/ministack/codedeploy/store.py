"""Applications, deployment groups, revisions and deployments, each in its account and Region."""

import json
import secrets
import string

from identity import responses
from patching import need

from .errors import CodeDeployError, required

Scoped = need(responses, "AccountRegionScopedDict").AccountRegionScopedDict
applications, groups, deployments, targets = Scoped(), Scoped(), Scoped(), Scoped()
_STORES = {"applications": applications, "groups": groups, "deployments": deployments, "targets": targets}
RUNNING = ("Created", "Queued", "InProgress", "Baking", "Ready")


def arn(kind: str, name: str, region: str = "", account: str = "") -> str:
    return f"arn:aws:codedeploy:{region or responses.get_region()}:{account or responses.get_account_id()}:{kind}:{name}"


def application(data: dict) -> dict:
    name = required(data, "applicationName", "ApplicationNameRequiredException")
    found = applications.get(name)
    if found is None:
        raise CodeDeployError("ApplicationDoesNotExistException", f"No application found for name: {name}")
    return found


def group(data: dict) -> dict:
    owner = application(data)["applicationName"]
    name = required(data, "deploymentGroupName", "DeploymentGroupNameRequiredException")
    found = groups.get(f"{owner}/{name}")
    if found is None:
        raise CodeDeployError("DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}")
    return found


def deployment(data: dict) -> dict:
    name = required(data, "deploymentId", "DeploymentIdRequiredException")
    found = deployments.get(name)
    if found is None:
        raise CodeDeployError("DeploymentDoesNotExistException", f"The deployment {name} could not be found")
    return found


def new_id() -> str:
    return "d-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(9))


def of_group(owner: str, name: str) -> list[dict]:
    """Newest first."""
    found = [it for it in deployments.values() if it["applicationName"] == owner and it["deploymentGroupName"] == name]
    return sorted(found, key=lambda it: it["createTime"], reverse=True)


def revision(data: dict, compute: str) -> dict:
    """The revision as it is asked for, checked as CodeDeploy does before it begins."""
    given = data.get("revision")
    if not given:
        raise CodeDeployError("RevisionRequiredException", "Revision is required")
    kind = given.get("revisionType") or ("S3" if "s3Location" in given else "AppSpecContent" if "appSpecContent" in given else "")
    place = given.get("s3Location") or {}
    if kind == "S3" and place.get("bucket") and place.get("key") and place.get("bundleType") in ("zip", "YAML", "JSON"):
        if (compute == "Server") == (place["bundleType"] == "zip"):
            return {"revisionType": kind, "s3Location": place}
    if kind == "AppSpecContent" and compute == "Lambda" and (given.get("appSpecContent") or {}).get("content"):
        return {"revisionType": kind, "appSpecContent": given["appSpecContent"]}
    raise CodeDeployError("InvalidRevisionException", f"The local cloud deploys no revision of type {kind or 'none'} to {compute}: {json.dumps(given)[:300]}")


def get_state():
    return {name: [[*key, value] for key, value in store._data.items()] for name, store in _STORES.items()}


def load_persisted_state(data):
    for name, store in _STORES.items():
        for account, region, key, value in data.get(name, []):
            store.set_scoped(account, region, key, value)


def reset():
    for store in _STORES.values():
        store._data.clear()
