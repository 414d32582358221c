"""Pull requests and the comments on them, kept beside the repository as one JSON file per account."""

import json
import pathlib
import threading
import time
import uuid

import events
from identity import evaluator, responses

from . import git, store
from .errors import CodeCommitError, branch_missing, required

_lock = threading.RLock()


def _file(account: str = "") -> pathlib.Path:
    return store.folder(account or responses.get_account_id()) / "pull-requests.json"


def _load(account: str = "") -> dict:
    file = _file(account)
    return json.loads(file.read_text()) if file.exists() else {"requests": {}, "comments": {}}


def _save(state: dict, account: str = "") -> None:
    partial = _file(account).with_suffix(".partial")
    partial.write_text(json.dumps(state))
    partial.rename(_file(account))


def _request(state: dict, data: dict) -> dict:
    number = required(data, "pullRequestId", "PullRequestIdRequiredException")
    if number not in state["requests"]:
        raise CodeCommitError("PullRequestDoesNotExistException", f"Pull request {number} does not exist")
    return state["requests"][number]


def _announce(account: str, region: str, request: dict, event: str, caller: str) -> None:
    target = request["pullRequestTargets"][0]
    name = target["repositoryName"]
    dated = {field: time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(request[field]))
             for field in ("creationDate", "lastActivityDate")}
    events.emit(account, region, "aws.codecommit", "CodeCommit Pull Request State Change",
                [store.arn(name, region, account)], {
        "author": request["authorArn"], "callerUserArn": caller, "creationDate": dated["creationDate"],
        "description": request.get("description", ""), "destinationCommit": target["destinationCommit"],
        "destinationReference": target["destinationReference"], "event": event,
        "isMerged": str(target["mergeMetadata"]["isMerged"]),
        "lastModifiedDate": dated["lastActivityDate"], "pullRequestId": request["pullRequestId"],
        "pullRequestStatus": request["pullRequestStatus"].title(), "repositoryNames": [name],
        "revisionId": request["revisionId"], "sourceCommit": target["sourceCommit"],
        "sourceReference": target["sourceReference"], "title": request["title"],
    })


def create(data):
    title = required(data, "title", "TitleRequiredException")
    targets = data.get("targets") or []
    if len(targets) != 1:
        raise CodeCommitError("TargetsRequiredException", "exactly one target is required")
    path = store.find(targets[0].get("repositoryName"))
    source = targets[0].get("sourceReference", "").removeprefix("refs/heads/")
    destination = targets[0].get("destinationReference", "").removeprefix("refs/heads/") or git.default_branch(path) or ""
    commits = {name: git.head_of(path, name) for name in (source, destination)}
    for name, commit in commits.items():
        if not commit:
            raise branch_missing(name)
    base = git.text(path, "merge-base", commits[source], commits[destination])
    with _lock:
        state = _load()
        number, now = str(len(state["requests"]) + 1), time.time()
        request = {
            "pullRequestId": number, "title": title, "description": data.get("description", ""),
            "creationDate": now, "lastActivityDate": now, "pullRequestStatus": "OPEN",
            "authorArn": evaluator.caller_arn(), "revisionId": uuid.uuid4().hex, "approvalRules": [],
            "pullRequestTargets": [{
                "repositoryName": path.name[:-4], "sourceReference": f"refs/heads/{source}",
                "destinationReference": f"refs/heads/{destination}", "sourceCommit": commits[source],
                "destinationCommit": commits[destination], "mergeBase": base, "mergeMetadata": {"isMerged": False},
            }],
        }
        state["requests"][number] = request
        _save(state)
    _announce(responses.get_account_id(), responses.get_region(), request, "pullRequestCreated", request["authorArn"])
    return {"pullRequest": request}


def get(data):
    return {"pullRequest": _request(_load(), data)}


def listed(data):
    store.find(data.get("repositoryName"))
    wanted, author = data.get("pullRequestStatus"), data.get("authorArn")
    return {"pullRequestIds": [number for number, request in reversed(_load()["requests"].items())
                               if request["pullRequestTargets"][0]["repositoryName"] == data["repositoryName"]
                               and wanted in (None, request["pullRequestStatus"])
                               and author in (None, request["authorArn"])]}


def update_status(data):
    status = required(data, "pullRequestStatus", "PullRequestStatusRequiredException")
    with _lock:
        state = _load()
        request = _request(state, data)
        if status not in ("OPEN", "CLOSED") or (request["pullRequestStatus"], status) == ("CLOSED", "OPEN"):
            raise CodeCommitError("InvalidPullRequestStatusUpdateException", "a closed pull request stays closed")
        request.update(pullRequestStatus=status, lastActivityDate=time.time())
        _save(state)
    _announce(responses.get_account_id(), responses.get_region(), request, "pullRequestStatusChanged",
              evaluator.caller_arn())
    return {"pullRequest": request}


def merge_by_fast_forward(data):
    """Moves the destination to the source and closes the request, if the destination has nothing of its own."""
    path = store.find(data.get("repositoryName"))
    with _lock:
        state = _load()
        request = _request(state, data)
        target = request["pullRequestTargets"][0]
        if request["pullRequestStatus"] != "OPEN":
            raise CodeCommitError("PullRequestAlreadyClosedException", f"{request['pullRequestId']} is closed")
        source, destination = (target[f"{side}Reference"].removeprefix("refs/heads/") for side in ("source", "destination"))
        commits = {name: git.head_of(path, name) for name in (source, destination)}
        for name, commit in commits.items():
            if not commit:
                raise branch_missing(name)
        if data.get("sourceCommitId") not in (None, commits[source]):
            raise CodeCommitError("TipOfSourceReferenceIsDifferentException", f"{source} was pushed meanwhile")
        if git.text(path, "merge-base", commits[source], commits[destination]) != commits[destination]:
            raise CodeCommitError("ManualMergeRequiredException", f"{destination} has commits that {source} has not")
        git.git(path, "update-ref", target["destinationReference"], commits[source], commits[destination])
        target.update(sourceCommit=commits[source], mergeMetadata={
            "isMerged": True, "mergedBy": evaluator.caller_arn(), "mergeCommitId": commits[source],
            "mergeOption": "FAST_FORWARD_MERGE"})
        request.update(pullRequestStatus="CLOSED", lastActivityDate=time.time())
        _save(state)
    caller = evaluator.caller_arn()
    _announce(responses.get_account_id(), responses.get_region(), request, "pullRequestMergeStatusUpdated", caller)
    return request, path, {"old": commits[destination], "new": commits[source], "reference": target["destinationReference"]}


def source_moved(path: pathlib.Path, known: dict, reference: str, commit: str, caller: str) -> None:
    """A push to the source branch of an open pull request gives it a new revision."""
    with _lock:
        state = _load(known["account"])
        moved = []
        for request in state["requests"].values():
            target = request["pullRequestTargets"][0]
            if (request["pullRequestStatus"] == "OPEN" and target["repositoryName"] == path.name[:-4]
                    and target["sourceReference"] == reference and commit.strip("0")):
                target["sourceCommit"] = commit
                request.update(revisionId=uuid.uuid4().hex, lastActivityDate=time.time())
                moved.append(request)
        if moved:
            _save(state, known["account"])
    for request in moved:
        _announce(known["account"], known["region"], request, "pullRequestSourceBranchUpdated", caller)


def post_comment(data):
    store.find(data.get("repositoryName"))
    content = required(data, "content", "CommentContentRequiredException")
    if len(content) > 10240:
        raise CodeCommitError("CommentContentSizeLimitExceededException", "a comment has at most 10,240 characters")
    with _lock:
        state = _load()
        request = _request(state, data)
        target = request["pullRequestTargets"][0]
        stale = (data.get("beforeCommitId"), data.get("afterCommitId")) != (
            target["destinationCommit"], target["sourceCommit"])
        if stale:
            raise CodeCommitError("CommitDoesNotExistException", "the commits are not those of the pull request now")
        now = time.time()
        comment = {"commentId": str(uuid.uuid4()), "content": content, "creationDate": now, "lastModifiedDate": now,
                   "authorArn": evaluator.caller_arn(), "deleted": False}
        state["comments"][comment["commentId"]] = {"pullRequestId": request["pullRequestId"], **comment}
        _save(state)
    return {"repositoryName": data["repositoryName"], "pullRequestId": request["pullRequestId"],
            "beforeCommitId": data["beforeCommitId"], "afterCommitId": data["afterCommitId"], "comment": comment}


def update_comment(data):
    number = required(data, "commentId", "CommentIdRequiredException")
    with _lock:
        state = _load()
        comment = state["comments"].get(number)
        if not comment:
            raise CodeCommitError("CommentDoesNotExistException", f"Comment {number} does not exist")
        if comment["authorArn"] != evaluator.caller_arn():
            raise CodeCommitError("CommentNotCreatedByCallerException", "only its author may change a comment")
        comment.update(content=required(data, "content", "CommentContentRequiredException"), lastModifiedDate=time.time())
        _save(state)
    return {"comment": {key: value for key, value in comment.items() if key != "pullRequestId"}}


def request_of(comment: str | None, account: str) -> str | None:
    """The pull request that a comment is on."""
    found = _load(account)["comments"].get(comment) if comment else None
    return found["pullRequestId"] if found else None


def comments(data):
    state = _load()
    request = _request(state, data)
    target = request["pullRequestTargets"][0]
    return {"commentsForPullRequestData": [{
        "pullRequestId": request["pullRequestId"], "repositoryName": target["repositoryName"],
        "beforeCommitId": target["destinationCommit"], "afterCommitId": target["sourceCommit"],
        "comments": [{key: value for key, value in comment.items() if key != "pullRequestId"}
                     for comment in state["comments"].values() if comment["pullRequestId"] == request["pullRequestId"]],
    }]}
