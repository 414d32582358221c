"""A stack whose export another one imports is not deleted.

MiniStack answers DeleteStack with an error. AWS accepts it, begins, and gives the stack its earlier status back with
the reason in that event: there is no DELETE_FAILED (github.com/aws/aws-sdk issue 383, boto/botocore 2590).
"""

from patching import module, need

cloudformation = need(module("services.cloudformation"), "_stacks")
handlers = need(module("services.cloudformation.handlers"), "_ACTION_HANDLERS", "_imported_export_names", "_resolve_stack")
helpers = need(module("services.cloudformation.helpers"), "_p", "_xml")
stacks = need(module("services.cloudformation.stacks"), "_add_event")
KIND = "AWS::CloudFormation::Stack"


def _importers(stack: dict, export: str) -> list:
    return sorted(
        name for name, other in cloudformation._stacks.items()
        if name != stack["StackName"] and not other["StackStatus"].startswith("DELETE_COMPLETE")
        and export in handlers._imported_export_names(other, name)
    )


def _reason(stack: dict) -> str:
    for output in stack.get("Outputs", []):
        export = output.get("ExportName")
        importers = _importers(stack, export) if export else []
        if importers:
            return f"Export {export} cannot be deleted as it is in use by {' and '.join(importers)}"
    return ""


def _refused_whole(original):
    def delete(params):
        stack = handlers._resolve_stack(helpers._p(params, "StackName"))
        if not stack or stack.get("StackStatus") == "DELETE_COMPLETE" or stack.get("EnableTerminationProtection"):
            return original(params)
        reason = _reason(stack)
        if not reason:
            return original(params)
        for status, why in (("DELETE_IN_PROGRESS", "User Initiated"), (stack["StackStatus"], reason)):
            stacks._add_event(stack["StackId"], stack["StackName"], stack["StackName"], KIND, status, why, stack["StackId"])
        stack["StackStatusReason"] = reason
        return helpers._xml(200, "DeleteStackResponse", "")

    return delete


def install() -> None:
    table = handlers._ACTION_HANDLERS
    table["DeleteStack"] = _refused_whole(table["DeleteStack"])
