"""CloudFormation resource types that MiniStack does not make."""

from events import eventbridge
from identity import responses
from patching import module, need
from repositories import store

s3 = need(module("services.s3"), "_buckets", "_bucket_has_versions")
provisioners = need(module("services.cloudformation.provisioners"), "_RESOURCE_HANDLERS")


def _bus_name(props: dict) -> str:
    return props.get("EventBusName") or "default"


def _policy_create(logical_id, props, _stack_name):
    bus, sid = _bus_name(props), props.get("StatementId") or logical_id
    bus = bus.rsplit("/", 1)[-1]
    if bus == "default":
        eventbridge._ensure_default_bus()
    if bus not in eventbridge._event_buses:
        raise ValueError(f"Event bus {bus} does not exist.")
    policy = eventbridge._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})
    statement = props.get("Statement") or {
        "Effect": "Allow", "Action": props.get("Action", "events:PutEvents"),
        "Principal": props["Principal"] if props.get("Principal") == "*" else {"AWS": props.get("Principal")},
        "Resource": f"arn:aws:events:{responses.get_region()}:{responses.get_account_id()}:event-bus/{bus}",
    }
    policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != sid] + [{**statement, "Sid": sid}]
    return f"{bus}|{sid}", {}


def _policy_update(physical_id, _old_props, new_props, stack_name):
    return _policy_create(physical_id.partition("|")[2], new_props, stack_name)


def _policy_delete(physical_id, _props):
    bus, _, sid = physical_id.partition("|")
    policy = eventbridge._event_bus_policies.get(bus)
    if policy:
        policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != sid]


def _repository_create(_logical_id, props, _stack_name):
    try:
        path = store.create(props.get("RepositoryName", ""), props.get("RepositoryDescription", ""))
    except store.CodeCommitError as error:
        raise ValueError(str(error)) from error
    known = store.metadata(path)
    return known["repositoryId"], {
        "Arn": known["Arn"], "Name": known["repositoryName"],
        "CloneUrlHttp": known["cloneUrlHttp"], "CloneUrlSsh": known["cloneUrlSsh"],
    }


def _repository_delete(_physical_id, props):
    # People's commits outlive a stack here: the folder is moved aside, never removed.
    path = store.folder(responses.get_account_id()) / f"{props.get('RepositoryName', '')}.git"
    if path.exists():
        path.rename(path.with_name(f"{path.name}.deleted-{responses.new_uuid()[:8]}"))


def _bucket_delete(original):
    # MiniStack throws away what is in a bucket with it; AWS refuses, in these words.
    def delete(physical_id, props):
        bucket = s3._buckets.get(physical_id)
        if bucket is not None and (bucket["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, Status Code: 409)")
        original(physical_id, props)

    return delete


def install() -> None:
    need(responses, "new_uuid")
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    bucket["delete"] = _bucket_delete(bucket["delete"])
    provisioners._RESOURCE_HANDLERS.setdefault("AWS::Events::EventBusPolicy", {
        "create": _policy_create, "update": _policy_update, "delete": _policy_delete,
    })
    provisioners._RESOURCE_HANDLERS.setdefault("AWS::CodeCommit::Repository", {
        "create": _repository_create, "delete": _repository_delete,
    })
