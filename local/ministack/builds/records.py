"""The record of a build as BatchGetBuilds shows it, and the events that tell of it (F 1.8)."""

import copy
import time

import events
from identity import evaluator, responses
from patching import module, need

codebuild = need(module("services.codebuild"), "_builds", "_projects", "_build_id", "_build_arn", "_log_sink",
                 "_project_name_from_identifier")
SHOWN_PHASES = ("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD",
                "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED")


def make(project: dict, request: dict) -> dict:
    build_id = codebuild._build_id(project["name"])
    account, region, now = responses.get_account_id(), responses.get_region(), time.time()
    group, stream = f"/aws/codebuild/{project['name']}", build_id.partition(":")[2]
    environment = copy.deepcopy(project.get("environment") or {})
    given = {item["name"]: item for item in environment.get("environmentVariables") or []}
    given |= {item["name"]: item for item in request.get("environmentVariablesOverride") or []}
    environment["environmentVariables"] = [{"type": "PLAINTEXT", **item} for item in given.values()]
    environment["image"] = request.get("imageOverride") or environment.get("image", "")
    source = copy.deepcopy(project.get("source") or {"type": "NO_SOURCE"})
    for field, override in (("type", "sourceTypeOverride"), ("location", "sourceLocationOverride"),
                            ("buildspec", "buildspecOverride")):
        if request.get(override):
            source[field] = request[override]
    numbers = [build.get("buildNumber", 0) for build in codebuild._builds.values() if build["projectName"] == project["name"]]
    log_arn = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"
    build = {
        "id": build_id, "arn": codebuild._build_arn(build_id), "buildNumber": max(numbers, default=0) + 1,
        "startTime": now, "currentPhase": "SUBMITTED", "buildStatus": "IN_PROGRESS", "buildComplete": False,
        "sourceVersion": request.get("sourceVersion") or project.get("sourceVersion") or "",
        "projectName": project["name"], "phases": [], "source": source, "secondarySources": [],
        "artifacts": {"location": ""}, "cache": {"type": "NO_CACHE"}, "environment": environment,
        "serviceRole": request.get("serviceRoleOverride") or project["serviceRole"],
        "logs": {
            "groupName": group, "streamName": stream, "cloudWatchLogsArn": log_arn,
            "deepLink": f"https://console.aws.amazon.com/cloudwatch/home?region={region}"
                        f"#logsV2:log-groups/log-group/{group.replace('/', '$252F')}/log-events/{stream}",
        },
        "timeoutInMinutes": int(request.get("timeoutInMinutesOverride") or project.get("timeoutInMinutes") or 60),
        "queuedTimeoutInMinutes": int(request.get("queuedTimeoutInMinutesOverride") or 480),
        "initiator": evaluator.caller_arn().split(":", 5)[5].removeprefix("assumed-role/").removeprefix("user/"),
        "encryptionKey": project.get("encryptionKey", ""), "exportedEnvironmentVariables": [],
    }
    if not build["sourceVersion"]:
        del build["sourceVersion"]
    begin(build, "SUBMITTED")
    end(build, "SUCCEEDED")
    begin(build, "QUEUED")
    return build


def begin(build: dict, phase: str) -> None:
    build["currentPhase"] = phase
    build["phases"].append({"phaseType": phase, "startTime": time.time()})


def end(build: dict, status: str, message: str = "", code: str = "") -> None:
    phase, now = build["phases"][-1], time.time()
    phase |= {"phaseStatus": status, "endTime": now, "durationInSeconds": int(now - phase["startTime"])}
    if message or code:
        phase["contexts"] = [{"statusCode": code, "message": message}]


def complete(build: dict, status: str) -> None:
    begin(build, "COMPLETED")
    build.update(buildStatus=status, buildComplete=True, endTime=time.time())
    announce(build)


def _date(seconds: float) -> str:
    return time.strftime("%b %-d, %Y %-I:%M:%S %p", time.gmtime(seconds))


def announce(build: dict) -> None:
    _, _, _, region, account, _ = build["arn"].split(":", 5)
    phases = []
    for phase in build["phases"]:
        shown = {"phase-type": phase["phaseType"], "start-time": _date(phase["startTime"]), "phase-context": [
            f"{context['statusCode']}: {context['message']}" for context in phase.get("contexts", [{"statusCode": "", "message": ""}])]}
        if "phaseStatus" in phase:
            shown |= {"phase-status": phase["phaseStatus"], "end-time": _date(phase["endTime"]),
                      "duration-in-seconds": phase["durationInSeconds"]}
        phases.append(shown)
    environment = build["environment"]
    events.emit(account, region, "aws.codebuild", "CodeBuild Build State Change", [build["arn"]], {
        "build-status": build["buildStatus"], "project-name": build["projectName"], "build-id": build["arn"],
        "current-phase": build["currentPhase"], "current-phase-context": "[]", "version": "1",
        "additional-information": {
            "artifact": {"location": build["artifacts"].get("location", "")},
            "environment": {
                "image": environment.get("image", ""), "privileged-mode": bool(environment.get("privilegedMode")),
                "compute-type": environment.get("computeType", ""), "type": environment.get("type", ""),
                "environment-variables": environment["environmentVariables"],
            },
            "timeout-in-minutes": build["timeoutInMinutes"], "build-complete": build["buildComplete"],
            "initiator": build["initiator"], "build-start-time": _date(build["startTime"]),
            "source": {"type": build["source"].get("type", ""), "location": build["source"].get("location", "")},
            "source-version": build.get("sourceVersion", ""),
            "logs": {"group-name": build["logs"]["groupName"], "stream-name": build["logs"]["streamName"],
                     "deep-link": build["logs"]["deepLink"]},
            "phases": phases,
        },
    })
