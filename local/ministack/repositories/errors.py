"""CodeCommit's errors have names; the SDKs and our code match on them."""


class CodeCommitError(Exception):
    def __init__(self, name: str, message: str):
        super().__init__(message)
        self.name = name


def repository_missing(name: str) -> CodeCommitError:
    return CodeCommitError("RepositoryDoesNotExistException", f"{name} does not exist")


def branch_missing(name: str) -> CodeCommitError:
    return CodeCommitError("BranchDoesNotExistException", f"Branch {name} does not exist")


def commit_missing(specifier: str) -> CodeCommitError:
    return CodeCommitError("CommitDoesNotExistException", f"Commit {specifier} does not exist")


def required(data: dict, field: str, error: str) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value:
        raise CodeCommitError(error, f"{field} is required")
    return value
