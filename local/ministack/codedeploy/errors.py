"""CodeDeploy's errors have names; the SDKs and our code match on them."""


class CodeDeployError(Exception):
    def __init__(self, name: str, message: str):
        super().__init__(message)
        self.name = name


class Failed(Exception):
    """A lifecycle event that failed, with what GetDeploymentTarget shows as its diagnostics."""

    def __init__(self, code: str, message: str, script: str = "", log: str = ""):
        super().__init__(message)
        self.code, self.script, self.log = code, script, log


def required(data: dict, field: str, error: str) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value:
        raise CodeDeployError(error, f"{field} is required")
    return value
