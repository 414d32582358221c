"""Change sets, where AWS is stricter or keeps more than MiniStack.

- While an operation runs on a stack, nothing new is opened or executed on it: "Stack:ARN is in UPDATE_IN_PROGRESS
  state and can not be updated." MiniStack does both.
- A second CREATE change set stands on the same empty stack. MiniStack makes another one in its place, so the first
  change set speaks of a stack that is not there; and one that is refused takes the empty stack along.
"""

from patching import module, need

cloudformation = need(module("services.cloudformation"), "_change_sets", "_stack_events", "_stacks")
handlers = need(module("services.cloudformation.handlers"), "_ACTION_HANDLERS", "_resolve_stack")
helpers = need(module("services.cloudformation.helpers"), "_error", "_p")
SHELL = "REVIEW_IN_PROGRESS"


def _refused_while_busy(original):
    def act(params):
        stack = handlers._resolve_stack(helpers._p(params, "StackName"))
        status = stack["StackStatus"] if stack else ""
        if status.endswith("_IN_PROGRESS") and status != SHELL:
            return helpers._error("ValidationError", f"Stack:{stack['StackId']} is in {status} state and can not be updated.")
        return original(params)

    return act


def _on_the_same_shell(original):
    def create(params):
        name = helpers._p(params, "StackName")
        shell = cloudformation._stacks.get(name)
        if shell is None or shell["StackStatus"] != SHELL:
            return original(params)
        status, headers, body = original(params)
        made = cloudformation._stacks.get(name)
        cloudformation._stacks[name] = shell
        if made is None or made is shell:
            return status, headers, body
        cloudformation._stack_events.pop(made["StackId"], None)
        for change_set in cloudformation._change_sets.values():
            if change_set["StackId"] == made["StackId"]:
                change_set["StackId"] = shell["StackId"]
        return status, headers, body.replace(made["StackId"].encode(), shell["StackId"].encode())

    return create


def install() -> None:
    table = handlers._ACTION_HANDLERS
    table["CreateChangeSet"] = _refused_while_busy(_on_the_same_shell(table["CreateChangeSet"]))
    table["ExecuteChangeSet"] = _refused_while_busy(table["ExecuteChangeSet"])
