"""Condition keys of IAM as AWS fills them in (IAM User Guide, "AWS global condition context keys").

``aws:PrincipalArn`` of a session is the ARN of its role, with the role's path: trust policies pin roles by
``arn:aws:iam::account:role/path/*``. MiniStack answers the session's own ARN.

``aws:SecureTransport`` is true: the loopback stands for TLS here, and buckets that refuse anything else must be usable.

``cloudformation:RoleArn`` of CreateChangeSet and DeleteStack is the role that is given to CloudFormation.

``events:source`` and ``events:detail-type`` of PutEvents are those of its entries (Service Authorization Reference,
Amazon EventBridge).
"""

import json

from identity import evaluator, iam
from patching import module, replace


def role_of(arn: str) -> str:
    """The role's ARN for a session's ARN; anything else as it is."""
    account, resource = arn.split(":")[4], arn.split(":", 5)[5]
    kind, _, rest = resource.partition("/")
    if kind != "assumed-role":
        return arn
    name = rest.split("/")[0]
    record = iam._roles.get_scoped(account, None, name)
    return record["Arn"] if record else f"arn:aws:iam::{account}:role/{name}"


def _of_entries(body) -> dict[str, str]:
    entries = (body if isinstance(body, dict) else json.loads(body or "{}")).get("Entries") or []

    def one(field: str) -> str:
        values = {str(entry.get(field, "")) for entry in entries}
        # AWS asks for each entry; here entries that differ are none that a policy names.
        return values.pop() if len(values) == 1 else ""

    return {"events:source": one("Source"), "events:detail-type": one("DetailType")}


def install() -> None:
    def make(original):
        def resolve(key, ctx):
            if key.lower() == "aws:principalarn" and ":assumed-role/" in (ctx.principal_arn or ""):
                return role_of(ctx.principal_arn)
            if key.lower() == "aws:securetransport":
                return "true"
            return original(key, ctx)

        return resolve

    replace(evaluator, "_resolve_condition_key", make)

    actions = module("core.iam_actions")

    def with_role(original):
        def context(service, action, body, params):
            found = original(service, action, body, params)
            role = params.get("RoleARN") if service == "cloudformation" else None
            if role:
                found = {**found, "cloudformation:RoleArn": role[0] if isinstance(role, list) else role}
            if service == "events" and action.rpartition(":")[2] == "PutEvents":
                found = {**found, **_of_entries(body)}
            return found

        return context

    replace(actions, "request_tag_context", with_role)
