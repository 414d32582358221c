"""Rules whose target is a bus in another account, and targets that are functions.

MiniStack looks for the bus in the sender's account. AWS delivers into the receiving account when
the target's role may put events on that bus and the bus's own policy lets the sender in; the
envelope keeps the sender's account and Region, and such an event travels one hop only.
"""

import collections
import json

from identity import may, responses, role, trusts
from patching import module, need, replace

eventbridge = need(
    module("services.eventbridge"),
    "_event_buses", "_event_bus_policies", "_dispatch_event", "_archive_event", "_ensure_default_bus",
    "_dispatch_to_sqs", "_pattern_event_view",
)
lambda_svc = need(module("services.lambda_svc"), "invoke_async_with_retry", "_get_func_record_for_ref",
                  "_execution_record_for_config")
parse_arn = need(module("core.arn"), "parse_arn").parse_arn

# What could not be delivered, newest last, for the admin door: on AWS such a failure is silent too.
refused: collections.deque = collections.deque(maxlen=1000)


def _refusal(arn, target: dict, event: dict) -> str:
    """Why the event may not be put on the bus; empty when it may."""
    role_arn = target.get("RoleArn", "")
    if not role_arn:
        return "the target has no RoleArn, which a bus in another account needs"
    if not trusts(role_arn, "events.amazonaws.com"):
        return f"{role_arn} does not exist or does not trust events.amazonaws.com"
    sender = role(role_arn, "events")
    policy = eventbridge._event_bus_policies.get_scoped(arn.account_id, arn.region, arn.resource.split("/", 1)[1])
    context = {"events:source": event.get("Source", ""), "events:detail-type": event.get("DetailType", "")}
    if not may(sender, "events:PutEvents", str(arn), policy=policy or {}, owner=arn.account_id, region=arn.region,
               context=context):
        return f"{role_arn} may not put events on the bus, or the policy of the bus does not allow it"
    return ""


def _forward(arn, target: dict, event: dict, rule: dict) -> None:
    bus = arn.resource.split("/", 1)[1]
    problem = _refusal(arn, target, event)
    if not problem and event.get("_CameFromAnotherAccount"):
        problem = "an event that came from another account is not forwarded a second time"
    with responses.request_scope(arn.account_id, arn.region):
        if bus == "default":
            eventbridge._ensure_default_bus()
        if not problem and bus not in eventbridge._event_buses:
            problem = "the bus does not exist"
        if not problem:
            forwarded = {**event, "EventBusName": bus, "_DispatchPath": [], "_CameFromAnotherAccount": True}
            eventbridge._dispatch_event(forwarded)
            eventbridge._archive_event(forwarded)
            return
    refused.append({"target": str(arn), "rule": rule.get("Arn", rule.get("Name", "")), "reason": problem,
                    "event": event.get("EventId", "")})
    eventbridge.logger.warning("EventBridge -> %s: not delivered: %s", arn, problem)
    queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue_arn:
        payload = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
        eventbridge._dispatch_to_sqs(parse_arn(queue_arn), payload)


def install() -> None:
    def invoke(original):
        def invoke_target(target, event, rule, view=None):
            text = target.get("Arn", "")
            if text.startswith("arn:aws:events:") and ":event-bus/" in text:
                arn = parse_arn(text)
                if arn.account_id != responses.get_account_id():
                    return _forward(arn, target, event, rule)
            return original(target, event, rule, view)

        return invoke_target

    def function(_original):
        # EventBridge invokes functions asynchronously, so an error is tried again twice and then
        # goes to the function's own destination. MiniStack calls once and forgets the error.
        def dispatch(arn, payload):
            found, config, name = lambda_svc._get_func_record_for_ref(arn)
            if not found or not config:
                eventbridge.logger.warning("EventBridge -> Lambda: function %s not found", name)
                return
            record = lambda_svc._execution_record_for_config(found, config)
            lambda_svc.invoke_async_with_retry(record, json.loads(payload))

        return dispatch

    replace(eventbridge, "_invoke_target", invoke)
    replace(eventbridge, "_dispatch_to_lambda", function)
