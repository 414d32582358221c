"""SNS e-mail that arrives: as a file in ``<state>/mail`` and in the mailbox page.

A subscription confirms itself, because there is nobody here to press the link. The body is plain
text, the filter policy is MiniStack's, and the unsubscribe line is there as on AWS (F 6.11).
"""

import json
import time
import uuid

from patching import module, need, replace
from settings import folder

sns = need(module("services.sns"), "_topic_by_arn_any_scope", "_matches_filter_policy", "_resolve_message_for_protocol")
_PROTOCOLS = ("email", "email-json")


def _file(mail: dict) -> None:
    target = folder("mail") / f"{mail['receivedAt'].replace(':', '')}-{mail['id']}.json"
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(mail, indent=1))
    partial.rename(target)


def listed() -> list[dict]:
    """All mails, oldest first."""
    return [json.loads(path.read_text()) for path in sorted(folder("mail").glob("*.json"))]


def clear() -> int:
    paths = list(folder("mail").glob("*.json"))
    for path in paths:
        path.unlink()
    return len(paths)


def _post(topic_arn, message_id, message, subject, structure, attributes) -> None:
    topic = sns._topic_by_arn_any_scope(topic_arn)
    for subscription in topic["subscriptions"] if topic else []:
        protocol = subscription.get("protocol", "")
        if protocol not in _PROTOCOLS:
            continue
        text = sns._resolve_message_for_protocol(message, structure, protocol)
        if not sns._matches_filter_policy(subscription, attributes or {}, text):
            continue
        now = time.time()
        _file({
            "id": uuid.uuid4().hex[:12],
            "receivedAt": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z",
            "to": subscription.get("endpoint", ""),
            "from": topic_arn.rsplit(":", 1)[-1] + " <no-reply@sns.amazonaws.com>",
            "subject": subject or "AWS Notification Message",
            "body": f"{text}\n\n--\nIf you wish to stop receiving notifications from this topic, please unsubscribe: "
                    f"{subscription.get('arn', '')}\n",
            "topicArn": topic_arn,
            "messageId": message_id,
            "attributes": {name: value.get("StringValue", value.get("Value", "")) if isinstance(value, dict) else value
                           for name, value in (attributes or {}).items()},
        })


def install() -> None:
    def fanned(original):
        def fanout(topic_arn, msg_id, message, subject, message_structure="", message_attributes=None, *args, **kwargs):
            topic = sns._topic_by_arn_any_scope(topic_arn)
            for subscription in topic["subscriptions"] if topic else []:
                if subscription.get("protocol") in _PROTOCOLS:
                    subscription["confirmed"] = True
            _post(topic_arn, msg_id, message, subject, message_structure, message_attributes)
            return original(topic_arn, msg_id, message, subject, message_structure, message_attributes, *args, **kwargs)

        return fanout

    replace(sns, "_fanout", fanned)
