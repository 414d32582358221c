"""An AppSpec file, read and checked (CodeDeploy User Guide, "AppSpec file reference")."""

import dataclasses
import pathlib

import yaml

from .errors import Failed

_HOOKS = ("ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService")
_LONGEST = 3600


@dataclasses.dataclass
class Hook:
    location: str
    timeout: int


@dataclasses.dataclass
class ServerSpec:
    files: list[tuple[str, str]]
    hooks: dict[str, list[Hook]]


@dataclasses.dataclass
class LambdaSpec:
    name: str
    alias: str
    current: str
    target: str
    hooks: dict[str, str]


def _document(text: str) -> dict:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Failed("UnknownError", f"The AppSpec file is not YAML: {error}") from error
    if not isinstance(document, dict) or str(document.get("version")) != "0.0":
        raise Failed("UnknownError", "Invalid AppSpec file: version must be 0.0")
    return document


def of_server(archive: pathlib.Path) -> ServerSpec:
    file = archive / "appspec.yml"
    if not file.is_file():
        raise Failed("UnknownError", "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path \"appspec.yml\"")
    document = _document(file.read_text(encoding="utf-8"))
    if document.get("os") != "linux":
        raise Failed("UnknownError", f"The local cloud's instances are linux, not {document.get('os')}")
    hooks = document.get("hooks") or {}
    unknown = set(hooks) - set(_HOOKS)
    if unknown:
        raise Failed("UnknownError", f"unknown or reserved lifecycle events in hooks: {', '.join(sorted(unknown))}")
    return ServerSpec(
        [(str(one["source"]), str(one["destination"])) for one in document.get("files") or []],
        {event: [_hook(event, one) for one in listed or []] for event, listed in hooks.items()},
    )


def _hook(event: str, given: dict) -> Hook:
    timeout = int(given.get("timeout", _LONGEST))
    if not given.get("location") or timeout > _LONGEST:
        raise Failed("UnknownError", f"hooks/{event}: each needs a location and a timeout of at most {_LONGEST} seconds")
    return Hook(str(given["location"]), timeout)


def of_lambda(text: str) -> LambdaSpec:
    document = _document(text)
    resources = document.get("Resources") or []
    if len(resources) != 1 or len(resources[0]) != 1:
        raise Failed("UnknownError", "The AppSpec file must name exactly one resource")
    ((_, resource),) = resources[0].items()
    properties = resource.get("Properties") or {}
    missing = [name for name in ("Name", "Alias", "CurrentVersion", "TargetVersion") if not properties.get(name)]
    if resource.get("Type") != "AWS::Lambda::Function" or missing:
        raise Failed("UnknownError", f"The resource must be an AWS::Lambda::Function with Name, Alias, CurrentVersion and TargetVersion; missing: {', '.join(missing) or 'Type'}")
    hooks = {event: str(function) for one in document.get("Hooks") or [] for event, function in one.items()}
    return LambdaSpec(properties["Name"], properties["Alias"], str(properties["CurrentVersion"]), str(properties["TargetVersion"]), hooks)
