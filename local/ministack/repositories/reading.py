"""The calls that look into a repository."""

import base64
import os

from . import git, store
from .errors import CodeCommitError, branch_missing, commit_missing, required

_MODES = {"100644": "NORMAL", "100755": "EXECUTABLE", "120000": "SYMLINK"}
_LIMIT = 6 * 1024 * 1024


def get_branch(data):
    path = store.find(data.get("repositoryName"))
    name = required(data, "branchName", "BranchNameRequiredException")
    commit = git.head_of(path, name)
    if not commit:
        raise branch_missing(name)
    return {"branch": {"branchName": name.removeprefix("refs/heads/"), "commitId": commit}}


def list_branches(data):
    return {"branches": git.branches(store.find(data.get("repositoryName")))}


def get_commit(data):
    path = store.find(data.get("repositoryName"))
    commit = required(data, "commitId", "CommitIdRequiredException")
    if not git._SHA.fullmatch(commit):
        raise CodeCommitError("InvalidCommitIdException", f"{commit} is not a full commit id")
    try:
        head, _, message = git.text(path, "cat-file", "commit", commit).partition("\n\n")
    except git.GitFailed:
        raise CodeCommitError("CommitIdDoesNotExistException", f"Commit {commit} does not exist") from None
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    return {"commit": {
        "commitId": commit, "treeId": fields["tree"][0], "parents": fields.get("parent", []), "message": message + "\n",
        "author": _person(fields["author"][0]), "committer": _person(fields["committer"][0]), "additionalData": "",
    }}


def _person(line: str) -> dict:
    name, _, rest = line.rpartition(" <")
    email, _, date = rest.partition("> ")
    return {"name": name, "email": email, "date": date}


def _path(data, field="filePath", error="PathRequiredException") -> str:
    value = os.path.normpath(required(data, field, error)).strip("/")
    if value.startswith(".."):
        raise CodeCommitError("InvalidPathException", f"{data[field]} is not a valid path")
    return "" if value == "." else value


def get_file(data):
    repository = store.find(data.get("repositoryName"))
    path = _path(data)
    commit = git.commit_of(repository, data.get("commitSpecifier"))
    parent, _, name = path.rpartition("/")
    try:
        entries = git.tree_entries(repository, commit, parent)
    except git.GitFailed:
        entries = []
    found = [entry for entry in entries if entry["name"] == name and entry["kind"] == "blob"]
    if not found:
        raise CodeCommitError("FileDoesNotExistException", f"{path} does not exist in commit {commit}")
    if found[0]["size"] > _LIMIT:
        raise CodeCommitError("FileTooLargeException", f"{path} is larger than 6 MB")
    content = git.git(repository, "cat-file", "blob", found[0]["id"])
    return {
        "commitId": commit, "blobId": found[0]["id"], "filePath": path, "fileMode": _MODES[found[0]["mode"]],
        "fileSize": len(content), "fileContent": base64.b64encode(content).decode(),
    }


def get_folder(data):
    repository = store.find(data.get("repositoryName"))
    path = _path(data, "folderPath")
    commit = git.commit_of(repository, data.get("commitSpecifier"))
    try:
        entries = git.tree_entries(repository, commit, path)
        tree = git.text(repository, "rev-parse", "--verify", "--quiet", f"{commit}:{path}")
    except git.GitFailed:
        raise CodeCommitError("FolderDoesNotExistException", f"{path} does not exist in commit {commit}") from None
    answer = {"commitId": commit, "folderPath": path, "treeId": tree,
              "subFolders": [], "files": [], "symbolicLinks": [], "subModules": []}
    for entry in entries:
        place = {"absolutePath": f"{path}/{entry['name']}" if path else entry["name"], "relativePath": entry["name"]}
        if entry["kind"] == "tree":
            answer["subFolders"].append({"treeId": entry["id"], **place})
        elif entry["kind"] == "commit":
            answer["subModules"].append({"commitId": entry["id"], **place})
        else:
            kind = "symbolicLinks" if entry["mode"] == "120000" else "files"
            answer[kind].append({"blobId": entry["id"], "fileMode": _MODES[entry["mode"]], **place})
    return answer


def get_blob(data):
    repository = store.find(data.get("repositoryName"))
    blob = required(data, "blobId", "BlobIdRequiredException")
    try:
        content = git.git(repository, "cat-file", "blob", blob if git._SHA.fullmatch(blob) else "-")
    except git.GitFailed:
        raise CodeCommitError("BlobIdDoesNotExistException", f"Blob {blob} does not exist") from None
    return {"content": base64.b64encode(content).decode()}


def get_differences(data):
    repository = store.find(data.get("repositoryName"))
    after = git.commit_of(repository, required(data, "afterCommitSpecifier", "CommitRequiredException"))
    before = data.get("beforeCommitSpecifier")
    # Without a commit to compare with, everything counts as added.
    start = git.commit_of(repository, before) if before else git.git(
        repository, "hash-object", "-t", "tree", "-w", "--stdin", data=b"").decode().strip()
    args = ["diff-tree", "-r", "-z", "--no-renames", "--raw", "--abbrev=40", start, after]
    paths = [value for value in (data.get("beforePath"), data.get("afterPath")) if value]
    try:
        raw = git.git(repository, *args, *(["--", *paths] if paths else [])).decode("utf-8", "surrogateescape")
    except git.GitFailed:
        raise commit_missing(before or after) from None
    parts = [part for part in raw.split("\0") if part]
    differences = []
    for head, name in zip(parts[::2], parts[1::2]):
        mode_a, mode_b, sha_a, sha_b, letter = head.lstrip(":").split(" ")
        difference = {"changeType": {"A": "A", "D": "D"}.get(letter[0], "M")}
        if letter[0] != "A":
            difference["beforeBlob"] = {"blobId": sha_a, "path": name, "mode": mode_a}
        if letter[0] != "D":
            difference["afterBlob"] = {"blobId": sha_b, "path": name, "mode": mode_b}
        differences.append(difference)
    start_at, size = int(data.get("NextToken") or 0), int(data.get("MaxResults") or 100)
    answer = {"differences": differences[start_at:start_at + size]}
    return {**answer, "NextToken": str(start_at + size)} if start_at + size < len(differences) else answer
