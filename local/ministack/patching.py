"""Replacing functions of MiniStack, which is pinned to one version for this very reason.

A function that is not where 1.5.33 has it stops the start with a sentence that says so,
because a hook that silently does nothing is worse than no local cloud.
"""

import importlib
import importlib.metadata

WRITTEN_FOR = "1.5.33"


class Changed(SystemExit):
    def __init__(self, what: str):
        found = importlib.metadata.version("ministack")
        super().__init__(
            f"local cloud: {what} does not exist in ministack {found}. local/ministack was written for "
            f"{WRITTEN_FOR}: install that version, or adapt the hook that wants it."
        )


def module(name: str):
    try:
        return importlib.import_module(f"ministack.{name}")
    except ImportError as error:
        raise Changed(f"the module ministack.{name}") from error


def need(owner, *names: str):
    """Insists on internals that a hook calls without replacing them."""
    for name in names:
        if not hasattr(owner, name):
            raise Changed(f"{getattr(owner, '__name__', owner)}.{name}")
    return owner


def replace(owner, name: str, make):
    """Puts ``make(original)`` where ``owner.name`` was, and answers the original."""
    need(owner, name)
    original = getattr(owner, name)
    setattr(owner, name, make(original))
    return original


def replace_text(owner, name: str, old: str, new: str, times: int):
    """Changes a script that MiniStack keeps as text, for example the one a worker runs."""
    text = getattr(need(owner, name), name)
    if text.count(old) != times:
        raise Changed(f"the passage {old!r} ({times} times) in {owner.__name__}.{name}")
    setattr(owner, name, text.replace(old, new))
