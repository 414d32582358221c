"""Shifts the alias of a Lambda function to another version, with what its AppSpec asks before and after."""

import json
import threading
import time

import boto3

import identity
import settings
from identity import responses

from . import appspec, bundle, store
from .errors import CodeDeployError, Failed

_answers: dict[str, str] = {}
_answered = threading.Condition()


def _client(service: str, role_arn: str):
    given = identity.assume(role_arn, "CodeDeploy", 3600)
    return boto3.client(service, endpoint_url=settings.ENDPOINT, region_name=responses.get_region(), aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"], aws_session_token=given["AWS_SESSION_TOKEN"])


def report_hook(data: dict) -> dict:
    """PutLifecycleEventHookExecutionStatus: what a hook function found."""
    store.deployment(data)
    execution, status = data.get("lifecycleEventHookExecutionId", ""), data.get("status", "")
    if status not in ("Succeeded", "Failed"):
        raise CodeDeployError("InvalidLifecycleEventHookExecutionStatusException", f"{status} is no end of a hook")
    with _answered:
        if execution in _answers:
            raise CodeDeployError("LifecycleEventAlreadyCompletedException", "The lifecycle event has been completed already")
        _answers[execution] = status
        _answered.notify_all()
    return {"lifecycleEventHookExecutionId": execution}


class Shift:
    def __init__(self, group: dict, deployment: dict, seconds: float = 3600):
        self.group, self.deployment, self.seconds = group, deployment, seconds
        self.record = {"deploymentId": deployment["deploymentId"], "targetId": "", "status": "Pending", "lastUpdatedAt": time.time(), "lifecycleEvents": []}
        store.targets[deployment["deploymentId"]].append({"deploymentTargetType": "LambdaTarget", "lambdaTarget": self.record})

    def _text(self) -> str:
        revision = self.deployment["revision"]
        if revision["revisionType"] == "AppSpecContent":
            return revision["appSpecContent"]["content"]
        return bundle.fetch(revision["s3Location"], self.group["serviceRoleArn"], "CodeDeploy").decode("utf-8")

    def run(self, stopped) -> bool:
        self.record["status"] = "InProgress"
        good = True
        for name in ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"):
            event = {"lifecycleEventName": name, "status": "Skipped"}
            self.record["lifecycleEvents"].append(event)
            if not good or stopped():
                continue
            event |= {"status": "InProgress", "startTime": time.time()}
            diagnostics, good = {"errorCode": "Success", "scriptName": "", "message": "Succeeded", "logTail": ""}, True
            try:
                self._do(name)
            except Failed as error:
                diagnostics, good = {"errorCode": error.code, "scriptName": error.script, "message": str(error), "logTail": error.log}, False
            except Exception as error:  # an answer of Lambda or IAM that says no
                diagnostics, good = {"errorCode": "UnknownError", "scriptName": "", "message": str(error), "logTail": ""}, False
            event |= {"diagnostics": diagnostics, "status": "Succeeded" if good else "Failed", "endTime": time.time()}
        self.record |= {"status": "Succeeded" if good and not stopped() else "Failed", "lastUpdatedAt": time.time()}
        return good

    def _do(self, name: str) -> None:
        spec = appspec.of_lambda(self._text())
        client = _client("lambda", self.group["serviceRoleArn"])
        self.record["targetId"] = f"{spec.name}:{spec.alias}"
        if name != "AllowTraffic":
            if name in spec.hooks:
                self._ask(client, name, spec.hooks[name])
            return
        now = client.get_alias(FunctionName=spec.name, Name=spec.alias)["FunctionVersion"]
        if now not in (spec.current, spec.target):
            raise Failed("UnknownError", f"The alias {spec.alias} of {spec.name} points to version {now}, not to {spec.current}")
        client.update_alias(FunctionName=spec.name, Name=spec.alias, FunctionVersion=spec.target)

    def _ask(self, client, name: str, function: str) -> None:
        execution = f"{self.deployment['deploymentId']}:{name}"
        payload = {"DeploymentId": self.deployment["deploymentId"], "LifecycleEventHookExecutionId": execution}
        client.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode())
        with _answered:
            if not _answered.wait_for(lambda: execution in _answers, self.seconds):
                raise Failed("ScriptTimedOut", f"The function {function} did not report in {self.seconds:g} seconds", function)
            if _answers[execution] == "Failed":
                raise Failed("ScriptFailed", f"The function {function} reported Failed", function)
