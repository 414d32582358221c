"""The CodeCommit API as MiniStack routes it: JSON 1.1, the action in X-Amz-Target."""

import json
import shutil

from identity import evaluator, responses
from patching import module, need

from . import git, pull_requests, pushes, reading, store
from .errors import CodeCommitError, branch_missing, required

run_reentrant = need(module("core.concurrency"), "run_reentrant").run_reentrant


def _create_repository(data):
    path = store.create(data.get("repositoryName"), data.get("repositoryDescription", ""))
    return {"repositoryMetadata": store.metadata(path)}


def _delete_repository(data):
    name = store.checked(data.get("repositoryName"))
    try:
        path = store.find(name)
    except CodeCommitError:
        return {}
    known = store.about(path)
    shutil.rmtree(path)
    return {"repositoryId": known["repositoryId"]}


def _get_repository(data):
    return {"repositoryMetadata": store.metadata(store.find(data.get("repositoryName")))}


def _list_repositories(_data):
    return {"repositories": [
        {"repositoryName": name, "repositoryId": store.about(store.find(name))["repositoryId"]} for name in store.names()
    ]}


def _create_branch(data):
    path = store.find(data.get("repositoryName"))
    name = required(data, "branchName", "BranchNameRequiredException")
    commit = git.commit_of(path, required(data, "commitId", "CommitIdRequiredException"))
    if git.head_of(path, name):
        raise CodeCommitError("BranchNameExistsException", f"Branch {name} already exists")
    try:
        git.git(path, "update-ref", f"refs/heads/{name}", commit, "0" * 40)
    except git.GitFailed as error:
        raise CodeCommitError("InvalidBranchNameException", str(error)) from error
    _announce(path, name, "0" * 40, commit)
    return {}


def _delete_branch(data):
    path = store.find(data.get("repositoryName"))
    name = required(data, "branchName", "BranchNameRequiredException")
    commit = git.head_of(path, name)
    if not commit:
        raise branch_missing(name)
    if name == git.default_branch(path):
        raise CodeCommitError("DefaultBranchCannotBeDeletedException", f"{name} is the default branch")
    git.git(path, "update-ref", "-d", f"refs/heads/{name}", commit)
    _announce(path, name, commit, "0" * 40)
    return {"deletedBranch": {"branchName": name, "commitId": commit}}


def _merge(data):
    request, path, moved = pull_requests.merge_by_fast_forward(data)
    pushes.announce(path, [moved], evaluator.caller_arn())
    return {"pullRequest": request}


def _announce(path, branch, old, new):
    pushes.announce(path, [{"old": old, "new": new, "reference": f"refs/heads/{branch}"}], evaluator.caller_arn())


_ACTIONS = {
    "CreateRepository": _create_repository, "DeleteRepository": _delete_repository,
    "GetRepository": _get_repository, "ListRepositories": _list_repositories,
    "CreateBranch": _create_branch, "DeleteBranch": _delete_branch,
    "GetBranch": reading.get_branch, "ListBranches": reading.list_branches, "GetCommit": reading.get_commit,
    "GetFile": reading.get_file, "GetFolder": reading.get_folder, "GetBlob": reading.get_blob,
    "GetDifferences": reading.get_differences,
    "CreatePullRequest": pull_requests.create, "GetPullRequest": pull_requests.get,
    "ListPullRequests": pull_requests.listed, "UpdatePullRequestStatus": pull_requests.update_status,
    "MergePullRequestByFastForward": _merge,
    "PostCommentForPullRequest": pull_requests.post_comment, "UpdateComment": pull_requests.update_comment,
    "GetCommentsForPullRequest": pull_requests.comments,
}


def _answer(action: str, body: bytes):
    try:
        handler = _ACTIONS.get(action)
        if handler is None:
            return responses.error_response_json("UnknownOperationException", f"{action} is not part of the local cloud", 400)
        return responses.json_response(handler(json.loads(body or b"{}")))
    except CodeCommitError as error:
        return responses.error_response_json(error.name, str(error), 400)
    except git.GitFailed as error:
        return responses.error_response_json("EncryptionIntegrityChecksFailedException", f"git failed: {error}", 500)


async def handle_request(method, path, headers, body, query_params):
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    return await run_reentrant(_answer, action, body, thread_name="drawbridge-codecommit")


def resource_arn(body: bytes, region: str, account: str) -> str:
    """The repository that a call names; for a pull request or a comment, the one it belongs to (CodeCommit User Guide, "Permissions reference")."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return "*"
    targets = data.get("targets") or [{}]
    name = data.get("repositoryName") or targets[0].get("repositoryName")
    number = data.get("pullRequestId") or pull_requests.request_of(data.get("commentId"), account)
    if not name and number:
        found = pull_requests._load(account)["requests"].get(number)
        name = found["pullRequestTargets"][0]["repositoryName"] if found else None
    return store.arn(name, region, account) if isinstance(name, str) and name else "*"


# The repositories are on disk already, so there is nothing to save or to forget.
def get_state():
    return None


def load_persisted_state(_data):
    return None


def reset():
    return None
