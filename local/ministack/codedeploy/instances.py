"""EC2 instances of the local cloud: each is a directory of its own, with a port of its own."""

import pathlib
import socket

import identity
import settings
from identity import responses
from patching import module, need

ec2 = need(module("services.ec2"), "_instances", "_tags", "_launch_instances_internal")
iam = need(module("services.iam"), "_instance_profiles")


def _fits(tags: dict[str, str], wanted: dict) -> bool:
    key, value, how = wanted.get("Key"), wanted.get("Value"), wanted.get("Type", "KEY_AND_VALUE")
    if how == "KEY_ONLY":
        return key in tags
    if how == "VALUE_ONLY":
        return value in tags.values()
    return key in tags and tags[key] == (value or "")


def of_group(group: dict) -> list[dict]:
    """Running instances whose tags fit: one filter of the list, or one of each set."""
    sets = [group.get("ec2TagFilters") or [], *((group.get("ec2TagSet") or {}).get("ec2TagSetList") or [])]
    sets = [one for one in sets if one]
    found = []
    for instance_id, instance in ec2._instances.items():
        tags = {tag["Key"]: tag["Value"] for tag in ec2._tags.get(instance_id) or []}
        if sets and instance["State"]["Name"] == "running" and all(any(_fits(tags, one) for one in some) for some in sets):
            found.append(instance)
    return sorted(found, key=lambda it: it["InstanceId"])


def role_of(instance: dict) -> str:
    """The ARN of the instance profile's role, or nothing."""
    arn = (instance.get("IamInstanceProfile") or {}).get("Arn", "")
    profile = next((it for it in iam._instance_profiles.values() if it.get("Arn") == arn), None)
    role = identity.iam._roles.get((profile or {}).get("Roles", [""])[0]) if profile and profile.get("Roles") else None
    return role["Arn"] if role else ""


def folder(instance_id: str, *names: str) -> pathlib.Path:
    return settings.folder("instances", responses.get_account_id(), responses.get_region(), instance_id, *names)


def port_of(instance_id: str) -> int:
    """Where what is deployed may listen: several instances share this machine."""
    file = folder(instance_id) / "port"
    if not file.exists():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            file.write_text(str(free.getsockname()[1]))
    return int(file.read_text())


def listed() -> list[dict]:
    """Every instance there is, for those who ask what answers where."""
    found = []
    for (account, region, instance_id), instance in list(ec2._instances._data.items()):
        if instance["State"]["Name"] != "running":
            continue
        with responses.request_scope(account, region):
            tags = {tag["Key"]: tag["Value"] for tag in ec2._tags.get(instance_id) or []}
            found.append({"account": account, "region": region, "id": instance_id, "tags": tags, "port": port_of(instance_id), "root": str(folder(instance_id, "root"))})
    return found
