"""Where the repositories lie: ``<state>/git/<name>.git`` for the tools account, one folder deeper for others."""

import json
import pathlib
import re
import shlex
import time
import uuid

import settings
from identity import responses

from . import git
from .errors import CodeCommitError, repository_missing

_NAME = re.compile(r"[\w.-]{1,100}")
_NOTIFIER = pathlib.Path(__file__).resolve().parent / "notify_push.py"


def folder(account: str) -> pathlib.Path:
    return settings.folder("git") if account == settings.TOOLS_ACCOUNT else settings.folder("git", account)


def arn(name: str, region: str = "", account: str = "") -> str:
    return f"arn:aws:codecommit:{region or responses.get_region()}:{account or responses.get_account_id()}:{name}"


def checked(name) -> str:
    if not isinstance(name, str) or not name:
        raise CodeCommitError("RepositoryNameRequiredException", "repositoryName is required")
    if not _NAME.fullmatch(name) or name.endswith(".git") or name.startswith("."):
        raise CodeCommitError("InvalidRepositoryNameException", f"{name} is not a valid repository name")
    return name


def find(name) -> pathlib.Path:
    path = folder(responses.get_account_id()) / f"{checked(name)}.git"
    if not (path / "HEAD").exists():
        raise repository_missing(name)
    return path


def names() -> list[str]:
    return sorted(path.name[:-4] for path in folder(responses.get_account_id()).glob("*.git"))


def create(name: str, description: str = "") -> pathlib.Path:
    path = folder(responses.get_account_id()) / f"{checked(name)}.git"
    if path.exists():
        raise CodeCommitError("RepositoryNameExistsException", f"Repository named {name} already exists")
    git.create(path)
    about(path, description)
    prepare(path)
    return path


def about(path: pathlib.Path, description: str = "") -> dict:
    """What CodeCommit knows beside git. A repository that somebody put there by hand gets it on first sight."""
    file = path / "codecommit.json"
    if not file.exists():
        file.write_text(json.dumps({
            "repositoryId": str(uuid.uuid4()), "description": description, "created": time.time(),
            "account": responses.get_account_id(), "region": responses.get_region(),
        }))
    return json.loads(file.read_text())


def metadata(path: pathlib.Path) -> dict:
    known, name = about(path), path.name[:-4]
    shown = {
        "accountId": known["account"], "repositoryId": known["repositoryId"], "repositoryName": name,
        "creationDate": known["created"], "lastModifiedDate": path.stat().st_mtime,
        "cloneUrlHttp": path.as_uri(), "cloneUrlSsh": path.as_uri(),
        "Arn": arn(name, known["region"], known["account"]),
    }
    if known["description"]:
        shown["repositoryDescription"] = known["description"]
    branch = git.default_branch(path)
    return {**shown, "defaultBranch": branch} if branch else shown


def prepare(path: pathlib.Path) -> None:
    """Installs the hook that tells us of a push. The python and the script may have moved since the last start."""
    hook = path / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    door = shlex.quote(str(settings.folder("git") / ".door.json"))
    hook.write_text(f"#!/bin/sh\nexec {shlex.quote(settings.PYTHON)} {shlex.quote(str(_NOTIFIER))} {door}\n")
    hook.chmod(0o755)


def open_door() -> None:
    """Tells the hooks where we are; the file names the secret of this start, so only its owner may read it."""
    door = settings.folder("git") / ".door.json"
    partial = door.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"endpoint": settings.ENDPOINT, "secret": settings.SECRET}))
    partial.rename(door)
    for path in [*settings.folder("git").glob("*.git"), *settings.folder("git").glob("*/*.git")]:
        prepare(path)
