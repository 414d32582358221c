"""Uploads what a build made, where its project says so (type S3), as the project's role."""

import fnmatch
import io
import pathlib
import zipfile

import boto3

import identity
import settings


class ArtifactError(Exception):
    pass


def _files(source: pathlib.Path, spec: dict) -> dict[str, pathlib.Path]:
    base = source / str(spec.get("base-directory", "."))
    patterns = [str(pattern) for pattern in spec.get("files") or []]
    if not patterns:
        raise ArtifactError("the project wants artifacts, but the buildspec names no artifacts/files")
    found = {}
    for file in sorted(path for path in base.rglob("*") if path.is_file()):
        name = file.relative_to(base).as_posix()
        if any(pattern in ("**/*", "**") or fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            found[file.name if str(spec.get("discard-paths", "no")) in ("yes", "True") else name] = file
    if not found:
        raise ArtifactError(f"no matching artifact paths found for {', '.join(patterns)}")
    return found


def upload(build: dict, project: dict, spec: dict, role: identity.Principal, source: pathlib.Path) -> dict:
    if project.get("type", "NO_ARTIFACTS") != "S3":
        return {"location": ""}
    files = _files(source, spec)
    name = spec.get("name") if project.get("overrideArtifactName") and spec.get("name") else project.get("name") or build["projectName"]
    parts = [project.get("path", "").strip("/"), build["id"].partition(":")[2] if project.get("namespaceType") == "BUILD_ID" else "", name]
    prefix = "/".join(filter(None, parts))
    session = identity.assume(build["serviceRole"], role.arn.rpartition("/")[2], 900)
    client = boto3.client(
        "s3", endpoint_url=settings.ENDPOINT, region_name=build["arn"].split(":")[3],
        aws_access_key_id=session["AWS_ACCESS_KEY_ID"], aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )
    try:
        if project.get("packaging") == "ZIP":
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
                for inner, file in files.items():
                    archive.write(file, inner)
            client.put_object(Bucket=project["location"], Key=prefix, Body=content.getvalue())
        else:
            for inner, file in files.items():
                client.put_object(Bucket=project["location"], Key=f"{prefix}/{inner}", Body=file.read_bytes())
    except client.exceptions.ClientError as error:
        raise ArtifactError(f"Error in UPLOAD_ARTIFACTS phase: {error}") from error
    return {"location": f"arn:aws:s3:::{project['location']}/{prefix}"}
