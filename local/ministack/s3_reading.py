"""Objects that CloudFormation, Lambda and copies read from a bucket of another account.

MiniStack looks in the caller's own account only. A bucket name is global: the object is found
wherever it is, and read only when the reader may. The template of a change set is read with the
caller's permissions, also in its own account (F 2.16); the code of a function that a stack creates
is read by CloudFormation's role, or by the caller when the stack has none.
"""

import contextvars
import re
from urllib.parse import unquote

import identity
from patching import module, need, replace

s3 = need(module("services.s3"), "_bucket_owner_account", "_bucket_policies", "_buckets", "_error", "_get_object_data")
helpers = need(module("services.cloudformation.helpers"), "_resolve_document", "_error", "_p")
actions = need(module("core.iam_actions"), "_s3_action")
cloudformation = need(module("services.cloudformation"), "_stacks")
evaluator, responses = identity.evaluator, identity.responses

# The role that CloudFormation uses for the stack whose resources are being made.
_stack_role = contextvars.ContextVar("drawbridge_stack_role", default="")
_in_stack = contextvars.ContextVar("drawbridge_in_stack", default=False)
_STACK_ID = re.compile(r"<StackId>([^<]+)</StackId>")


def _reader() -> identity.Principal | None:
    role_arn = _stack_role.get()
    return identity.role(role_arn, "AWSCloudFormation") if role_arn else identity.caller()


def readable(principal, bucket: str, key: str, owner: str, version: str | None = None) -> bool:
    policy = s3._bucket_policies.get_scoped(owner, None, bucket) or {}
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    return identity.may(principal, action, f"arn:aws:s3:::{bucket}/{key}", policy=policy, owner=owner)


def _object(original):
    def get(bucket, key, version_id=None):
        owner = s3._bucket_owner_account(bucket)
        if owner is None or owner == responses.get_account_id():
            return original(bucket, key, version_id)
        if not readable(_reader(), bucket, key, owner):
            return None
        with responses.request_scope(owner, responses.get_region()):
            return original(bucket, key, version_id)

    return get


def _place(url: str) -> tuple[str, str]:
    """Bucket and key of https://bucket.s3.region.amazonaws.com/key or https://s3.region.amazonaws.com/bucket/key."""
    parsed = helpers.urlparse(url)
    host = re.match(r"(.+)\.s3[.-].*amazonaws\.com$", parsed.hostname or "")
    path = unquote(parsed.path.lstrip("/"))
    if host:
        return host.group(1), path
    bucket, _, key = path.partition("/")
    return bucket, key


def _document(original):
    def resolve(params, body_key, url_key, label):
        url = helpers._p(params, url_key)
        if url and not helpers._p(params, body_key):
            bucket, key = _place(url)
            # MiniStack reads path-style addresses only.
            params = {**params, url_key: [f"https://s3.amazonaws.com/{bucket}/{key}"]}
            owner = s3._bucket_owner_account(bucket)
            # The template of a nested stack is read while the stack is made, as what makes it.
            reader = _reader() if _in_stack.get() else identity.caller()
            if owner is not None and not readable(reader, bucket, key, owner):
                return None, helpers._error("ValidationError", "S3 error: Access Denied\n"
                                            "For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html")
        return original(params, body_key, url_key, label)

    return resolve


def _foreign(original):
    """Bucket policies that name a role: MiniStack asks them about the caller's account only."""
    def allows(owner, bucket, key, method, query, caller, headers=None):
        if original(owner, bucket, key, method, query, caller, headers):
            return True
        policy = s3._bucket_policies.get_scoped(owner, None, bucket)
        if not policy or not caller:
            return False
        path = f"/{bucket}/{key}" if key else f"/{bucket}"
        action = actions._s3_action(method, path, query) or ("GetObject" if method in ("GET", "HEAD") else "PutObject")
        question = evaluator.EvalContext(
            principal_arn=evaluator.caller_arn(), principal_type="AssumedRole", principal_account=caller,
            action=f"s3:{action}", resource_arn=f"arn:aws:s3:::{path[1:]}", region=responses.get_region(),
        )
        return evaluator.evaluate_resource_policy(policy, question).decision == "Allow"

    return allows


# Account and bucket that the copy which is being answered reads from, where that is not the caller's own.
_copied_from = contextvars.ContextVar("drawbridge_copied_from", default=None)


def _bucket(original):
    def ensure(name):
        foreign = _copied_from.get()
        if foreign is not None and foreign[1] == name:
            return s3._buckets.get_scoped(foreign[0], None, name)
        return original(name)

    return ensure


def _copy(original):
    """MiniStack finds the source of a copy in the caller's account only, and asks but the bucket's policy for it:
    whoever copies across accounts must be allowed to read by both sides."""
    def copy(bucket, key, headers):
        source_bucket, _, source_key = unquote(headers.get("x-amz-copy-source", "").partition("?")[0]).lstrip("/").partition("/")
        owner = s3._bucket_owner_account(source_bucket)
        reader = identity.caller()
        if owner is None or reader is None or owner == reader.account:
            return original(bucket, key, headers)
        if not readable(reader, source_bucket, source_key, owner):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{source_bucket}/{source_key}")
        token = _copied_from.set((owner, source_bucket))
        try:
            return original(bucket, key, headers)
        finally:
            _copied_from.reset(token)

    return copy


def _remember_role(original):
    """CloudFormation keeps a stack's role for all later operations (F 2.17)."""
    async def deploy(stack_name, stack_id, *args, **kwargs):
        # Runs as a task of its own, so what is set here stays in this operation.
        _stack_role.set((cloudformation._stacks.get(stack_name) or {}).get("RoleARN", ""))
        _in_stack.set(True)
        return await original(stack_name, stack_id, *args, **kwargs)

    return deploy


def _code(original):
    """MiniStack makes a function without code when the code cannot be read; on AWS the resource fails."""
    def fetch(bucket, key, version_id=None):
        content = original(bucket, key, version_id)
        if content is None and _in_stack.get():
            raise ValueError(
                f"Your access has been denied by S3, please make sure your request credentials have permission to "
                f"GetObject for {bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: Access Denied")
        return content

    return fetch


def _role_of(original):
    """MiniStack forgets the RoleARN of an operation."""
    def operate(params):
        answer = original(params)
        role_arn = helpers._p(params, "RoleARN")
        stack_id = _STACK_ID.search(answer[2].decode()) if answer[0] == 200 and role_arn else None
        if stack_id:
            for stack in cloudformation._stacks.values():
                if stack["StackId"] == stack_id.group(1):
                    stack["RoleARN"] = role_arn
        return answer

    return operate


def _show_role(original):
    def describe(params):
        status, headers, body = original(params)
        if status != 200:
            return status, headers, body
        roles = {stack["StackId"]: stack["RoleARN"] for stack in cloudformation._stacks.values() if stack.get("RoleARN")}

        def with_role(match):
            role_arn = roles.get(match.group(1))
            return match.group(0) + (f"<RoleARN>{role_arn}</RoleARN>" if role_arn else "")

        return status, headers, _STACK_ID.sub(with_role, body.decode()).encode()

    return describe


def install() -> None:
    replace(s3, "_get_object_data", _object)
    replace(s3, "_foreign_bucket_allows", _foreign)
    replace(s3, "_ensure_bucket", _bucket)
    replace(s3, "_copy_object", _copy)
    replace(helpers, "_resolve_document", _document)
    replace(module("services.lambda_svc"), "_fetch_code_from_s3", _code)
    stacks = module("services.cloudformation.stacks")
    replace(stacks, "_deploy_stack_async", _remember_role)
    handlers = module("services.cloudformation.handlers")
    changesets = module("services.cloudformation.changesets")
    for owner in (handlers, changesets):
        need(owner, "_deploy_stack_async")
        owner._deploy_stack_async = stacks._deploy_stack_async
    # The table of actions took these functions by value.
    for name in ("CreateStack", "UpdateStack", "CreateChangeSet"):
        handlers._ACTION_HANDLERS[name] = _role_of(handlers._ACTION_HANDLERS[name])
    handlers._ACTION_HANDLERS["DescribeStacks"] = _show_role(handlers._ACTION_HANDLERS["DescribeStacks"])
