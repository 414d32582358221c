"""CloudFormation tells EventBridge what becomes of a stack, in the shape AWS uses."""

import events
from patching import module, need, replace

stacks = need(module("services.cloudformation.stacks"), "CLIENT_REQUEST_TOKEN")
SOURCE = "aws.cloudformation"


def _announce(stack_id, logical_id, resource_type, status, reason, physical_id) -> None:
    _, _, _, region, account, _ = stack_id.split(":", 5)
    detail = {"stack-id": stack_id}
    kind = "Stack"
    resources = [stack_id]
    # A nested stack is a resource in its parent's events and a stack in its own.
    if resource_type != "AWS::CloudFormation::Stack" or physical_id != stack_id:
        kind = "Resource"
        detail |= {"logical-resource-id": logical_id, "physical-resource-id": physical_id or "",
                   "resource-type": resource_type}
    detail |= {"status-details": {"status": status, "status-reason": reason or ""},
               "client-request-token": stacks.CLIENT_REQUEST_TOKEN.get() or ""}
    events.emit(account, region, SOURCE, f"CloudFormation {kind} Status Change", resources, detail)


def install() -> None:
    def announced(original):
        def add_event(stack_id, stack_name, logical_id, resource_type, status, reason="", physical_id="",
                      detailed_status=""):
            original(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status)
            _announce(stack_id, logical_id, resource_type, status, reason, physical_id)

        return add_event

    replace(stacks, "_add_event", announced)
    # These two took the function by name when they were imported; the others ask for it each time.
    for name in ("changesets", "handlers"):
        owner = module(f"services.cloudformation.{name}")
        need(owner, "_add_event")
        owner._add_event = stacks._add_event
