"""Condition keys of IAM as AWS fills them in (IAM User Guide, "AWS global condition context keys").

``aws:PrincipalArn`` of a session is the ARN of its role, with the role's path: trust policies pin roles by
``arn:aws:iam::account:role/path/*``. MiniStack answers the session's own ARN.

``aws:SecureTransport`` is true: the loopback stands for TLS here, and buckets that refuse anything else must be usable.

``cloudformation:RoleArn`` of CreateChangeSet and DeleteStack is the role that is given to CloudFormation.

``events:source`` and ``events:detail-type`` of PutEvents are those of its entries, where all are alike.
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


def _of_entries(body: bytes) -> dict:
    entries = json.loads(body or b"{}").get("Entries") or []
    keys = {"events:source": "Source", "events:detail-type": "DetailType"}
    alike = {key: {entry.get(field) for entry in entries} for key, field in keys.items()}
    return {key: values.pop() for key, values in alike.items() if len(values) == 1}


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
            if (service, action) == ("events", "events:PutEvents"):
                found = {**found, **_of_entries(body)}
            return found

        return context

    replace(actions, "request_tag_context", with_role)
