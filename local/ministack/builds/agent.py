"""One build from its queue to its end."""

import shutil
import time

import identity
import settings
from identity import responses
from patching import module, need

from . import artifacts, buildspec, records, workplace
from .shell import Session
from .source import SourceError, fetch

ssm = need(module("services.ssm"), "_parameters")


class BuildFailed(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Agent:
    def __init__(self, build: dict, project: dict):
        self.build, self.project = build, project
        self.uuid = build["id"].partition(":")[2]
        self.folder = settings.folder("builds") / self.uuid
        self.source = self.folder / "src"
        self.log_file = settings.folder("builds") / f"{self.uuid}.log"
        self.session: Session | None = None
        self.stopped = ""
        self._log_stream = None

    def log(self, line: str) -> None:
        with self.log_file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        if self._log_stream:
            self._log_stream(line)

    def stop(self, reason: str) -> None:
        self.stopped = self.stopped or reason
        if self.session:
            self.session.stop(reason)

    def run(self) -> None:
        build = self.build
        records.end(build, "STOPPED" if self.stopped else "SUCCEEDED")
        status = "STOPPED" if self.stopped else "SUCCEEDED"
        try:
            if not self.stopped:
                status = self._steps()
        except BuildFailed as error:
            records.end(build, "FAILED", str(error), error.code)
            self.log(f"[Container] {error.code}: {error}")
            status = "FAILED"
        except Exception as error:  # our own mistake: CodeBuild calls that FAULT
            records.end(build, "FAULT", repr(error), "INTERNAL_SERVICE_ERROR")
            self.log(f"[Container] INTERNAL_SERVICE_ERROR: {error!r}")
            records.codebuild.logger.exception("local cloud: build %s", build["id"])
            status = "FAULT"
        shutil.rmtree(self.folder, ignore_errors=True)
        records.complete(build, self.stopped or (self.session.stopped if self.session else "") or status)

    def _steps(self) -> str:
        build = self.build
        records.announce(build)
        self.folder.mkdir(parents=True)
        role = self._provision()
        records.begin(build, "DOWNLOAD_SOURCE")
        spec = self._download(role)
        records.end(build, "SUCCEEDED")
        env = self._environment(role, spec)
        work = self.folder / "session"
        work.mkdir()
        self.session = Session(work, self.source, env, time.monotonic() + build["timeoutInMinutes"] * 60, self.log)
        if self.stopped:
            self.session.stop(self.stopped)
        succeeded = self._phases(spec)
        if succeeded and not self.session.stopped:
            records.begin(build, "UPLOAD_ARTIFACTS")
            try:
                build["artifacts"] = artifacts.upload(build, self.project.get("artifacts") or {}, spec.artifacts, role, self.source)
            except artifacts.ArtifactError as error:
                raise BuildFailed("CLIENT_ERROR", str(error)) from error
            records.end(build, "SUCCEEDED")
        records.begin(build, "FINALIZING")
        records.end(build, "SUCCEEDED")
        return "SUCCEEDED" if succeeded else "FAILED"

    def _provision(self) -> identity.Principal:
        build = self.build
        records.begin(build, "PROVISIONING")
        role_arn = build["serviceRole"]
        role = identity.role(role_arn, f"AWSCodeBuild-{self.uuid}")
        if role is None or not identity.trusts(role_arn, "codebuild.amazonaws.com"):
            raise BuildFailed("ACCESS_DENIED", f"CodeBuild is not authorized to perform: sts:AssumeRole on {role_arn}")
        group = f"arn:aws:logs:{responses.get_region()}:{responses.get_account_id()}:log-group:{build['logs']['groupName']}"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            if not identity.may(role, action, f"{group}:log-stream:{self.uuid}"):
                raise BuildFailed("ACCESS_DENIED", f"Service role {role_arn} does not allow AWS CodeBuild to create Amazon "
                                                   f"CloudWatch Logs log streams: it may not {action} on {group}:*")
        self._log_stream = records.codebuild._log_sink(build)
        records.end(build, "SUCCEEDED")
        return role

    def _download(self, role: identity.Principal) -> buildspec.Buildspec:
        build = self.build
        try:
            build["resolvedSourceVersion"] = fetch(build, role, self.source)
            return buildspec.parse(self._buildspec())
        except SourceError as error:
            raise BuildFailed("CLIENT_ERROR", str(error)) from error
        except buildspec.BuildspecError as error:
            raise BuildFailed("YAML_FILE_ERROR", str(error)) from error

    def _buildspec(self) -> str:
        given = self.build["source"].get("buildspec") or "buildspec.yml"
        if "\n" in given or given.lstrip().startswith(("{", "version")):
            return given
        file = (self.source / given).resolve()
        if self.source.resolve() not in file.parents or not file.is_file():
            raise buildspec.BuildspecError(f"stat {given}: no such file or directory")
        return file.read_text(encoding="utf-8")

    def _environment(self, role: identity.Principal, spec: buildspec.Buildspec) -> dict[str, str]:
        build, region = self.build, responses.get_region()
        declared = dict(spec.variables)
        for name, parameter in spec.parameters.items():
            declared[name] = self._parameter(role, parameter)
        for item in build["environment"]["environmentVariables"]:
            if item["type"] == "SECRETS_MANAGER":
                raise BuildFailed("CLIENT_ERROR", "variables of type SECRETS_MANAGER are not part of the local cloud")
            declared[item["name"]] = self._parameter(role, item["value"]) if item["type"] == "PARAMETER_STORE" else item["value"]
        return {
            **workplace.prepare(self.folder),
            **identity.assume(build["serviceRole"], f"AWSCodeBuild-{self.uuid}", (build["timeoutInMinutes"] + 5) * 60),
            **declared,
            "AWS_ENDPOINT_URL": settings.ENDPOINT, "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
            "CODEBUILD_BUILD_ARN": build["arn"], "CODEBUILD_BUILD_ID": build["id"],
            "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]), "CODEBUILD_BUILD_SUCCEEDING": "1",
            "CODEBUILD_INITIATOR": build["initiator"], "CODEBUILD_KMS_KEY_ID": build["encryptionKey"],
            "CODEBUILD_LOG_PATH": build["logs"]["streamName"], "CODEBUILD_PROJECT_UUID": self.uuid,
            "CODEBUILD_RESOLVED_SOURCE_VERSION": build.get("resolvedSourceVersion", ""),
            "CODEBUILD_SOURCE_REPO_URL": build["source"].get("location", ""),
            "CODEBUILD_SOURCE_VERSION": build.get("sourceVersion", ""),
            "CODEBUILD_SRC_DIR": str(self.source), "CODEBUILD_START_TIME": str(int(build["startTime"] * 1000)),
        }

    def _parameter(self, role: identity.Principal, name: str) -> str:
        arn = f"arn:aws:ssm:{responses.get_region()}:{responses.get_account_id()}:parameter/{name.lstrip('/')}"
        found = ssm._parameters.get(name) if identity.may(role, "ssm:GetParameters", arn) else None
        if found is None:
            raise BuildFailed("CLIENT_ERROR", f"Parameter {name} does not exist, or {role.arn} may not ssm:GetParameters it")
        return found["Value"]

    def _phases(self, spec: buildspec.Buildspec) -> bool:
        session, succeeded, aborted = self.session, True, False
        for phase in spec.phases:
            if aborted or session.stopped:
                break
            records.begin(self.build, phase.name.upper())
            self.log(f"[Container] Entering phase {phase.name.upper()}")
            session.env["CODEBUILD_BUILD_SUCCEEDING"] = "1" if succeeded else "0"
            status, command = session.run(phase.commands, spec.one_shell)
            last_status, last_command = session.run(phase.last, spec.one_shell)
            status, command = (status, command) if status else (last_status, last_command)
            if status == 0 and not session.stopped:
                records.end(self.build, "SUCCEEDED")
            else:
                succeeded = False
                message = f"Error while executing command: {command.strip()}. Reason: exit status {status}"
                records.end(self.build, session.stopped or "FAILED", message, "COMMAND_EXECUTION_ERROR")
                aborted = not phase.on_failure.startswith("CONTINUE")
            self.log(f"[Container] Phase complete: {phase.name.upper()} State: {self.build['phases'][-1]['phaseStatus']}")
        self.build["exportedEnvironmentVariables"] = [
            {"name": name, "value": session.env[name]} for name in spec.exported
            if name in session.env and not name.startswith("AWS_") and name not in spec.parameters
        ]
        return succeeded
