"""What the agent on one instance does: stop, download, install, start, validate."""

import os
import pathlib
import shutil
import time

import identity
import settings
from builds import workplace
from identity import responses

from . import appspec, bundle, hooks, instances, store
from .errors import Failed
from .install import install

EVENTS = ("ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart", "ValidateService")


class Agent:
    def __init__(self, group: dict, deployment: dict, instance: dict):
        self.group, self.deployment, self.instance = group, deployment, instance
        self.id = instance["InstanceId"]
        self.work = instances.folder(self.id, "agent", group["deploymentGroupId"])
        self.archive = self.work / deployment["deploymentId"]
        self.root = instances.folder(self.id, "root")
        self.role = instances.role_of(instance)
        self.record = {
            "deploymentId": deployment["deploymentId"], "targetId": self.id, "status": "Pending",
            "targetArn": f"arn:aws:ec2:{responses.get_region()}:{responses.get_account_id()}:instance/{self.id}",
            "lastUpdatedAt": time.time(), "instanceLabel": "Blue", "lifecycleEvents": [],
        }
        store.targets[deployment["deploymentId"]].append({"deploymentTargetType": "InstanceTarget", "instanceTarget": self.record})

    def run(self, stopped) -> bool:
        self.record["status"] = "InProgress"
        good = True
        for name in EVENTS:
            event = {"lifecycleEventName": name, "status": "Skipped"}
            self.record["lifecycleEvents"].append(event)
            if good and not stopped():
                event |= {"status": "InProgress", "startTime": time.time()}
                good = self._event(name, event)
        self.record |= {"status": "Succeeded" if good and not stopped() else "Failed", "lastUpdatedAt": time.time()}
        if good:
            (self.work / "last").write_text(self.deployment["deploymentId"])
        return good

    def _event(self, name: str, event: dict) -> bool:
        log: list[str] = []
        try:
            self._do(name, log)
        except Failed as error:
            event["diagnostics"] = {"errorCode": error.code, "scriptName": error.script, "message": str(error), "logTail": error.log}
            event |= {"status": "Failed", "endTime": time.time()}
            return name == "ApplicationStop" and self.deployment["ignoreApplicationStopFailures"]
        event["diagnostics"] = {"errorCode": "Success", "scriptName": "", "message": "Succeeded", "logTail": ""}
        event |= {"status": "Succeeded", "endTime": time.time()}
        return True

    def _do(self, name: str, log: list[str]) -> None:
        if name == "DownloadBundle":
            self.archive.mkdir(parents=True)
            bundle.unpack(bundle.fetch(self.deployment["revision"]["s3Location"], self.role, self.id), self.archive)
        elif name == "Install":
            spec = appspec.of_server(self.archive)
            install(self.archive, self.root, spec, self.work / "installed.json", self.deployment["fileExistsBehavior"])
        else:
            # The scripts that stop an application are those of the revision that runs (CodeDeploy User Guide, "AppSpec 'hooks' section").
            last = self.work / "last"
            archive = self.work / last.read_text() if name == "ApplicationStop" and last.exists() else self.archive
            if archive.is_dir():
                self._hook(name, archive, log)

    def _hook(self, name: str, archive: pathlib.Path, log: list[str]) -> None:
        for hook in appspec.of_server(archive).hooks.get(name, []):
            script = (archive / hook.location).resolve()
            if archive.resolve() not in script.parents:
                raise Failed("ScriptMissing", f"{hook.location} leads outside the revision", hook.location)
            hooks.run(name, script, hook.location, hook.timeout, self._env(name), self.root, log)

    def _env(self, event: str) -> dict[str, str]:
        home = instances.folder(self.id, "home")
        given = identity.assume(self.role, self.id, 3600) if self.role else {}
        return {
            **given, "AWS_REGION": responses.get_region(), "AWS_DEFAULT_REGION": responses.get_region(), "AWS_ENDPOINT_URL": settings.ENDPOINT,
            "PATH": os.pathsep.join([str(workplace._tools()), settings.BUILD_PATH]), "HOME": str(home), "TMPDIR": str(instances.folder(self.id, "tmp")),
            "LANG": "C.UTF-8", "TZ": "UTC", "LIFECYCLE_EVENT": event, "DEPLOYMENT_ID": self.deployment["deploymentId"],
            "APPLICATION_NAME": self.deployment["applicationName"], "DEPLOYMENT_GROUP_NAME": self.deployment["deploymentGroupName"],
            "DEPLOYMENT_GROUP_ID": self.group["deploymentGroupId"],
            # Not on AWS: where this instance's file system begins, and a port that is its own.
            "INSTANCE_ROOT": str(self.root), "INSTANCE_PORT": str(instances.port_of(self.id)),
        }


def forget(instance_id: str) -> None:
    shutil.rmtree(instances.folder(instance_id), ignore_errors=True)
