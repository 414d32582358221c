"""A revision in S3, read as the instance profile's role, and unpacked into a directory of its own."""

import io
import json
import pathlib
import stat
import zipfile

import boto3

import identity
import settings
from identity import responses
from patching import module, need

from .errors import Failed

kms = need(module("services.kms"), "_keys")


def _may_open(principal: identity.Principal | None, key: str) -> bool:
    """MiniStack's S3 does not ask KMS in the reader's name, as S3 does (F 2.25)."""
    _, _, _, region, owner, name = key.split(":", 5)
    record = kms._keys.get_scoped(owner, region, name.removeprefix("key/"))
    policy = record and record.get("Policy")
    return bool(policy) and identity.may(
        principal, "kms:Decrypt", key, policy=json.loads(policy) if isinstance(policy, str) else policy, owner=owner,
        region=region, context={"kms:ViaService": f"s3.{region}.amazonaws.com"})


def fetch(place: dict, role_arn: str, session: str) -> bytes:
    """What an agent downloads it may download: bucket policy, the role's own policy and the key must all let it."""
    if not role_arn:
        raise Failed("UnknownError", "Missing credentials - please check if this instance was started with an IAM instance profile")
    given = identity.assume(role_arn, session, 900)
    s3 = boto3.client("s3", endpoint_url=settings.ENDPOINT, region_name=responses.get_region(), aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"], aws_session_token=given["AWS_SESSION_TOKEN"])
    name = f"s3://{place['bucket']}/{place['key']}"
    try:
        answer = s3.get_object(Bucket=place["bucket"], Key=place["key"], **({"VersionId": place["version"]} if place.get("version") else {}))
    except s3.exceptions.ClientError as error:
        raise Failed("UnknownError", f"{error} ({name} as {role_arn})") from error
    key = answer.get("SSEKMSKeyId", "")
    if key and not _may_open(identity.role(role_arn, session), key):
        raise Failed("UnknownError", f"Access Denied: {role_arn} may not kms:Decrypt {name} with {key}")
    return answer["Body"].read()


def unpack(content: bytes, into: pathlib.Path) -> None:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Failed("UnknownError", "The revision is not a zip file")
    root = into.resolve()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            target = (into / entry.filename).resolve()
            # Neither a path that leads outside nor a link that would.
            if stat.S_ISLNK(mode) or (target != root and root not in target.parents):
                raise Failed("UnknownError", f"The revision holds {entry.filename}, which leads outside of it")
            archive.extract(entry, into)
            if not entry.is_dir() and mode & 0o777:
                target.chmod(mode & 0o777)
