"""``CodeCommit Repository State Change``: a branch or tag appeared, moved or went (F 1.4)."""

import pathlib

import events
import settings

from . import pull_requests, store

_NONE = "0" * 40


def _detail(name: str, known: dict, old: str, new: str, reference: str, caller: str) -> dict:
    kind, short = ("tag", reference.removeprefix("refs/tags/")) if reference.startswith("refs/tags/") else (
        "branch", reference.removeprefix("refs/heads/"))
    event = "referenceCreated" if old == _NONE else "referenceDeleted" if new == _NONE else "referenceUpdated"
    detail = {
        "callerUserArn": caller, "event": event, "referenceFullName": reference, "referenceName": short,
        "referenceType": kind, "repositoryId": known["repositoryId"], "repositoryName": name,
    }
    if new != _NONE:
        detail["commitId"] = new
    if old != _NONE:
        detail["oldCommitId"] = old
    return detail


def announce(path: pathlib.Path, updates: list[dict], caller: str = "") -> int:
    known, name = store.about(path), path.name[:-4]
    caller = caller or f"arn:aws:iam::{known['account']}:root"
    told = 0
    for update in updates:
        if not update["reference"].startswith(("refs/heads/", "refs/tags/")):
            continue
        events.emit(
            known["account"], known["region"], "aws.codecommit", "CodeCommit Repository State Change",
            [store.arn(name, known["region"], known["account"])],
            _detail(name, known, update["old"], update["new"], update["reference"], caller),
        )
        told += 1
        pull_requests.source_moved(path, known, update["reference"], update["new"], caller)
    return told


def from_hook(folder: str, updates: list[dict]) -> int:
    path = pathlib.Path(folder).resolve()
    if settings.folder("git").resolve() not in path.parents:
        raise ValueError(f"{folder} is not a repository of this local cloud")
    account = settings.TOOLS_ACCOUNT if path.parent == settings.folder("git").resolve() else path.parent.name
    # The first look at a repository happens on behalf of its owner, in the cloud's own Region.
    with store.responses.request_scope(account, settings.REGION):
        return announce(path, updates)
