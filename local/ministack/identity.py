"""Who is calling, and what they may do, asked of MiniStack's own IAM evaluator."""

import contextvars
import json
import secrets
import time

from patching import module, need

evaluator = need(
    module("core.iam_evaluator"),
    "EvalContext", "evaluate", "evaluate_resource_policy", "combine_resource_policy", "resolve_principal",
    "_gather_role_policies", "_permissions_boundary", "evaluate_trust_policy", "caller_arn",
)
responses = need(module("core.responses"), "get_account_id", "get_region", "request_scope")
iam = need(module("services.iam"), "_roles")
sts = need(module("services.sts"), "register_session")

# The access key of the request that is being answered. Tasks that the request starts (a stack that
# is being created) copy the context, so they still know on whose behalf they act.
access_key = contextvars.ContextVar("drawbridge_access_key", default="")


class Principal:
    """A caller with its policies; ``policies`` is None for the root of an account."""

    def __init__(self, arn: str, account: str, policies, limits=(), keys=None, kind="AssumedRole"):
        self.arn, self.account, self.policies, self.limits = arn, account, policies, list(limits)
        self.keys, self.kind = keys or {}, kind


def caller() -> Principal | None:
    """The principal of the current request, or None when it carried no valid credentials."""
    found = evaluator.resolve_principal(access_key.get(), responses.get_account_id())
    if not hasattr(found, "policies"):
        return None
    return Principal(found.arn, found.account, found.policies, found.limits, found.keys, found.type)


def role(role_arn: str, session: str) -> Principal | None:
    """The principal that a service becomes when it assumes a role."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    if not iam._roles.contains_scoped(account, None, name):
        return None
    return Principal(
        f"arn:aws:sts::{account}:assumed-role/{name}/{session}", account,
        evaluator._gather_role_policies(name, account),
        evaluator._permissions_boundary(iam._roles, name, account),
        {"aws:userid": f"{iam._roles.get_scoped(account, None, name)['RoleId']}:{session}"},
    )


def assume(role_arn: str, session: str, seconds: int) -> dict[str, str]:
    """Credentials of a role for a service that was trusted with it."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    key, secret, token = "ASIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30), secrets.token_urlsafe(90)
    sts.register_session(key, {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "UserId": f"{iam._roles.get_scoped(account, None, name)['RoleId']}:{session}",
        "SecretAccessKey": secret, "SessionToken": token, "Expiration": time.time() + seconds,
    })
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def trusts(role_arn: str, service: str) -> bool:
    """Whether the role's trust policy names this AWS service."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    record = iam._roles.get_scoped(account, None, name) or {}
    document = record.get("AssumeRolePolicyDocument") or "{}"
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and service in ([services] if isinstance(services, str) else services):
            return True
    return False


def may(principal: Principal | None, action: str, resource: str, *, policy=None, owner: str | None = None,
        region: str = "", context: dict | None = None) -> bool:
    """Identity policies and, where the resource has one, its own policy: across accounts both must allow."""
    if principal is None:
        return False
    question = evaluator.EvalContext(
        principal_arn=principal.arn, principal_type=principal.kind, principal_account=principal.account,
        action=action, resource_arn=resource, region=region or responses.get_region(),
        service_context=context or {}, principal_keys=principal.keys,
    )
    same_account = owner in (None, principal.account)
    if principal.policies is None:
        if same_account:
            return True
        return evaluator.evaluate_resource_policy(policy, question).decision == "Allow"
    answer = evaluator.evaluate(question, principal.policies, *principal.limits)
    if policy is not None or not same_account:
        answer = evaluator.combine_resource_policy(answer, question, policy, owner, limits=tuple(principal.limits))
    return answer.decision == "Allow"
