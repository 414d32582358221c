"""A buildspec, read and checked."""

import dataclasses

import yaml

PHASES = ("install", "pre_build", "build", "post_build")


class BuildspecError(Exception):
    pass


@dataclasses.dataclass
class Phase:
    name: str
    commands: list[str]
    last: list[str]
    on_failure: str


@dataclasses.dataclass
class Buildspec:
    variables: dict[str, str]
    parameters: dict[str, str]
    exported: list[str]
    phases: list[Phase]
    artifacts: dict
    one_shell: bool


def _commands(value, place: str) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, (str, int, float)) for item in value):
        raise BuildspecError(f"{place} must be a list of commands; a command with ': ' in it needs quotes")
    return [str(item) for item in value]


def parse(text: str) -> Buildspec:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildspecError(f"the buildspec is not YAML: {error}") from error
    if not isinstance(document, dict) or str(document.get("version")) not in ("0.1", "0.2"):
        raise BuildspecError("the buildspec must begin with version: 0.2")
    env = document.get("env") or {}
    if env.get("secrets-manager"):
        raise BuildspecError("env/secrets-manager is not part of the local cloud; use parameter-store")
    given = document.get("phases") or {}
    unknown = set(given) - set(PHASES)
    if unknown or not given:
        raise BuildspecError(f"phases must be some of {', '.join(PHASES)}, not {', '.join(sorted(unknown)) or 'none'}")
    phases = []
    for name in PHASES:
        phase = given.get(name) or {}
        usual = "CONTINUE" if name == "build" else "ABORT"
        phases.append(Phase(
            name, _commands(phase.get("commands"), f"phases/{name}/commands"),
            _commands(phase.get("finally"), f"phases/{name}/finally"), str(phase.get("on-failure", usual)).upper(),
        ))
    return Buildspec(
        {str(key): str(value) for key, value in (env.get("variables") or {}).items()},
        {str(key): str(value) for key, value in (env.get("parameter-store") or {}).items()},
        [str(name) for name in env.get("exported-variables") or []],
        phases, document.get("artifacts") or {}, str(document["version"]) == "0.2",
    )
