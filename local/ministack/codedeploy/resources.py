"""CodeDeploy's applications and groups, and EC2 instances, as CloudFormation makes them."""

from patching import module, need

from . import instances, server, service
from .errors import CodeDeployError

provisioners = need(module("services.cloudformation.provisioners"), "_RESOURCE_HANDLERS", "_physical_name")
ec2 = instances.ec2
need(ec2, "_resolve_iam_instance_profile", "_DEFAULT_SUBNET_ID")


def _lower(value):
    """CloudFormation's names begin with capitals, the API's do not; Key, Value and Type of a tag filter stay."""
    if isinstance(value, list):
        return [_lower(one) for one in value]
    if not isinstance(value, dict):
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    if set(value) <= {"Key", "Value", "Type"}:
        return value
    return {name[0].lower() + name[1:]: _lower(one) for name, one in value.items()}


def _asked(props: dict) -> dict:
    asked = _lower({name: value for name, value in props.items() if name not in ("Ec2TagSet", "Tags")})
    if props.get("Ec2TagSet"):
        lists = props["Ec2TagSet"].get("Ec2TagSetList") or []
        asked["ec2TagSet"] = {"ec2TagSetList": [one.get("Ec2TagGroup") or [] for one in lists]}
    return asked


def _must(call, data: dict) -> dict:
    try:
        return call(data)
    except CodeDeployError as error:
        raise ValueError(f"{error} (Service: CodeDeploy, Error Code: {error.name})") from error


def _application_create(logical_id, props, stack_name):
    name = props.get("ApplicationName") or provisioners._physical_name(stack_name, logical_id, max_len=100)
    _must(service.create_application, {**_asked(props), "applicationName": name})
    return name, {}


def _group_create(logical_id, props, stack_name):
    name = props.get("DeploymentGroupName") or provisioners._physical_name(stack_name, logical_id, max_len=100)
    made = _must(service.create_group, {**_asked(props), "deploymentGroupName": name})
    return name, {"Id": made["deploymentGroupId"]}


def _group_update(physical_id, _old_props, new_props, _stack_name):
    _must(service.update_group, {**_asked(new_props), "currentDeploymentGroupName": physical_id})
    return physical_id, {}


def _instance_create(_logical_id, props, _stack_name):
    profile = None
    if props.get("IamInstanceProfile"):
        profile, error = ec2._resolve_iam_instance_profile(iam_name=props["IamInstanceProfile"].rsplit("/", 1)[-1])
        if error:
            raise ValueError(f"Invalid IAM Instance Profile name {props['IamInstanceProfile']}")
    (made,) = ec2._launch_instances_internal(
        props.get("ImageId", ""), props.get("InstanceType", "m1.small"), props.get("SubnetId") or ec2._DEFAULT_SUBNET_ID, 1, iam_profile=profile)
    name = made["InstanceId"]
    ec2._tags[name] = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in props.get("Tags") or []]
    return name, {"InstanceId": name, "PrivateIp": made["PrivateIpAddress"], "PublicDnsName": made["PublicDnsName"], "PublicIp": made["PublicIpAddress"]}


def _instance_delete(physical_id, _props):
    instance = ec2._instances.get(physical_id)
    if instance:
        instance["State"] = {"Code": 48, "Name": "terminated"}
        server.forget(physical_id)


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    handlers.setdefault("AWS::CodeDeploy::Application", {
        "create": _application_create, "delete": lambda name, _props: service.delete_application({"applicationName": name}),
    })
    handlers.setdefault("AWS::CodeDeploy::DeploymentGroup", {
        "create": _group_create, "update": _group_update,
        "delete": lambda name, props: service.delete_group({"applicationName": props.get("ApplicationName"), "deploymentGroupName": name}),
    })
    handlers.setdefault("AWS::EC2::Instance", {"create": _instance_create, "delete": _instance_delete})
