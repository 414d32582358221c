"""What the process that starts us decides, read once from the environment."""

import json
import os
import pathlib
import secrets
import sys


def _need(name: str, take=os.environ.get) -> str:
    value = take(name, "")
    if not value:
        raise SystemExit(f"local cloud: {name} is not set. It is started by local/cloud.ts, which sets it.")
    return value


# What is ours is taken out of the environment at once: MiniStack hands it on to every function.
STATE = pathlib.Path(_need("DRAWBRIDGE_STATE", os.environ.pop))
PORT = int(_need("GATEWAY_PORT"))
ENDPOINT = f"http://127.0.0.1:{PORT}"
REGION = _need("MINISTACK_REGION")
TOOLS_ACCOUNT = _need("MINISTACK_ACCOUNT_ID")

# Whoever knows it may use the admin door.
SECRET = os.environ.pop("DRAWBRIDGE_ADMIN_SECRET", "") or secrets.token_urlsafe(32)

# How many builds run at the same time, and what a build gets from outside: the settings that npm,
# pip and TLS need to reach a registry. Functions do not get those.
BUILD_LIMIT = int(os.environ.pop("DRAWBRIDGE_BUILD_LIMIT", "2"))
# How many more may wait in CodeBuild's own queue: five times as many (CodeBuild User Guide, "Builds in AWS CodeBuild"),
# but none in many a new account.
BUILD_QUEUE = int(os.environ.pop("DRAWBRIDGE_BUILD_QUEUE", "") or 5 * BUILD_LIMIT)
BUILD_PATH = os.environ.pop("DRAWBRIDGE_BUILD_PATH", "") or os.environ.get("PATH", "")
BUILD_ENVIRONMENT: dict[str, str] = json.loads(os.environ.pop("DRAWBRIDGE_BUILD_ENVIRONMENT", "{}"))
PYTHON = sys.executable


def folder(*names: str) -> pathlib.Path:
    path = STATE.joinpath(*names)
    path.mkdir(parents=True, exist_ok=True)
    return path
