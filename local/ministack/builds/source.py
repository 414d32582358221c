"""Brings the source of a build into its directory, as the project's role and nothing more."""

import pathlib
import re
import subprocess

import identity
import s3_reading
from identity import responses
from repositories import git, store
from repositories.errors import CodeCommitError

from . import archives


class SourceError(Exception):
    pass


_REFERENCE_AT_COMMIT = re.compile(r"(.+)\^\{([0-9a-f]{40})\}")


def _repository(location: str) -> str:
    return location.rstrip("/").rpartition("/")[2].removesuffix(".git")


def _commit(repository: pathlib.Path, version: str | None) -> str:
    match = _REFERENCE_AT_COMMIT.fullmatch(version or "")
    try:
        if not match:
            return git.commit_of(repository, version)
        reference, commit = match.groups()
        git.git(repository, "merge-base", "--is-ancestor", commit, git.commit_of(repository, reference))
        return commit
    except (CodeCommitError, git.GitFailed) as error:
        raise SourceError(f"reference not found for primary source and source version {version}: {error}") from error


def fetch(build: dict, role: identity.Principal, target: pathlib.Path) -> str:
    """Answers the commit. Of an archive CodeBuild tells no resolved version (CodeBuild API: Build)."""
    kind, location = build["source"].get("type"), build["source"].get("location", "")
    if kind == "NO_SOURCE":
        target.mkdir()
        return ""
    if kind == "S3":
        return _from_s3(location, build.get("sourceVersion"), role, target)
    if kind != "CODECOMMIT":
        raise SourceError(f"the local cloud builds from CODECOMMIT, S3 and NO_SOURCE, not from {kind}")
    name = _repository(location)
    arn = store.arn(name)
    if not identity.may(role, "codecommit:GitPull", arn):
        raise SourceError(f"authorization failed for primary source: {role.arn} may not codecommit:GitPull {arn}")
    try:
        repository = store.find(name)
    except CodeCommitError as error:
        raise SourceError(f"repository not found for primary source: {error}") from error
    commit = _commit(repository, build.get("sourceVersion"))
    # A full copy under an address of its own: what a build does to its clone never reaches the repository.
    for command in (
        ["git", "clone", "-q", "--no-checkout", repository.as_uri(), str(target)],
        ["git", "-C", str(target), "checkout", "-q", "--detach", commit],
        ["git", "-C", str(target), "remote", "remove", "origin"],
    ):
        done = subprocess.run(command, capture_output=True, env=git._ENVIRONMENT, check=False)
        if done.returncode:
            raise SourceError(f"{' '.join(command[:4])}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return commit


def _from_s3(location: str, version: str | None, role: identity.Principal, target: pathlib.Path) -> str:
    bucket, _, key = location.removeprefix("arn:aws:s3:::").partition("/")
    owner = s3_reading.s3._bucket_owner_account(bucket)
    if owner is None or not s3_reading.readable(role, bucket, key, owner, version):
        raise SourceError(f"error while downloading key {key} from bucket {bucket}: AccessDenied for {role.arn}")
    with responses.request_scope(owner, responses.get_region()):
        content = s3_reading.s3._get_object_data(bucket, key, version)
    if content is None:
        raise SourceError(f"error while downloading key {key} from bucket {bucket}: {'NoSuchVersion' if version else 'NoSuchKey'}")
    target.mkdir()
    try:
        archives.unpack(content, target)
    except archives.BadArchive as error:
        raise SourceError(f"s3://{bucket}/{key} cannot be unpacked: {error}") from error
    return ""
