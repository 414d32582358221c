"""A bare git repository, asked with the git command."""

import os
import pathlib
import re
import subprocess

from .errors import CodeCommitError, commit_missing

# The user's own git configuration must not change what the emulated service answers.
_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LANG": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0",
}
_SHA = re.compile(r"[0-9a-f]{40}")


class GitFailed(Exception):
    pass


def git(folder: pathlib.Path, *args: str, data: bytes | None = None, env: dict | None = None) -> bytes:
    done = subprocess.run(
        ["git", "--git-dir", str(folder), *args], input=data, capture_output=True,
        env={**_ENVIRONMENT, **(env or {})}, timeout=120, check=False,
    )
    if done.returncode != 0:
        raise GitFailed(done.stderr.decode("utf-8", "replace").strip() or f"git {args[0]} ended with {done.returncode}")
    return done.stdout


def text(folder: pathlib.Path, *args: str) -> str:
    return git(folder, *args).decode("utf-8", "replace").rstrip("\n")


def create(folder: pathlib.Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(folder)], check=True,
                   capture_output=True, env=_ENVIRONMENT)


def head_of(folder: pathlib.Path, branch: str) -> str | None:
    """The commit a branch points at."""
    name = branch.removeprefix("refs/heads/")
    try:
        return text(folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}")
    except GitFailed:
        return None


def branches(folder: pathlib.Path) -> list[str]:
    return text(folder, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split()


def default_branch(folder: pathlib.Path) -> str | None:
    """CodeCommit's default is the first branch pushed; main if there is one, as with git itself."""
    names = branches(folder)
    head = text(folder, "symbolic-ref", "--short", "HEAD")
    return head if head in names else (names[0] if names else None)


def commit_of(folder: pathlib.Path, specifier: str | None) -> str:
    """A commit specifier is a full id, a branch, a tag or a full reference; without one it is the default branch."""
    if not specifier:
        branch = default_branch(folder)
        found = head_of(folder, branch) if branch else None
        if not found:
            raise CodeCommitError("CommitDoesNotExistException", "The repository has no commits yet")
        return found
    if specifier.startswith("-") or "\n" in specifier:
        raise CodeCommitError("InvalidCommitException", f"{specifier} is not a valid commit specifier")
    tries = [specifier] if _SHA.fullmatch(specifier) or specifier.startswith("refs/") else [
        f"refs/heads/{specifier}", f"refs/tags/{specifier}", specifier if specifier == "HEAD" else ""]
    for name in filter(None, tries):
        try:
            return text(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitFailed:
            continue
    raise commit_missing(specifier)


def tree_entries(folder: pathlib.Path, commit: str, path: str) -> list[dict]:
    """What lies directly in a folder; ``path`` is empty for the root."""
    place = f"{commit}:{path}" if path else f"{commit}:"
    raw = git(folder, "ls-tree", "-z", "-l", place).decode("utf-8", "surrogateescape")
    entries = []
    for line in filter(None, raw.split("\0")):
        mode, kind, sha, size, name = re.match(r"(\d+) (\w+) (\w+) +(-|\d+)\t(.*)", line, re.S).groups()
        entries.append({"mode": mode, "kind": kind, "id": sha, "name": name, "size": 0 if size == "-" else int(size)})
    return entries
