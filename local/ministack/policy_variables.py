"""``${aws:userid}`` and its like in policies.

MiniStack compares them as text, so a policy that confines each build to its own prefix would never
match. They are filled in before a statement is looked at; a variable without a value matches nothing.
"""

import dataclasses
import re

from identity import evaluator
from patching import need, replace

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}


class _Unknown(Exception):
    pass


def _filled(value, context):
    if isinstance(value, str):
        def one(match):
            name, _, default = match.group(1).partition(",")
            if name in _LITERALS:
                return _LITERALS[name]
            found = evaluator._resolve_condition_key(name.strip(), context)
            if isinstance(found, list):
                found = found[0] if len(found) == 1 else None
            if found in (None, ""):
                if default:
                    return default.strip().strip("'")
                raise _Unknown(name)
            return str(found)

        return _VARIABLE.sub(one, value)
    if isinstance(value, list):
        return [_filled(item, context) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, context) for key, item in value.items()}
    return value


def _fill(statement, context):
    parts = {"resources": statement.resources, "not_resources": statement.not_resources, "conditions": statement.conditions}
    if "${" not in repr(parts):
        return statement
    try:
        return dataclasses.replace(statement, **{name: _filled(value, context) for name, value in parts.items()})
    except _Unknown:
        return None


def install() -> None:
    need(evaluator, "_resolve_condition_key", "ParsedStatement")

    def with_variables(original):
        def first_match(context, statements, effect):
            filled = (_fill(statement, context) for statement in statements)
            return original(context, [statement for statement in filled if statement is not None], effect)

        return first_match

    replace(evaluator, "_first_match", with_variables)
