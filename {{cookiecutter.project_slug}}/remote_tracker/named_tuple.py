"""NamedTuple, as typing has it, made in a third of the time: the start of a scan makes a hundred such classes.

Where annotations are text (PEP 563), typing compiles the text of each field, for which nothing asks; here it stays
text. For mypy it is typing's own (docs/decisions/0022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    class _NamedTupleMeta(type):
        """Makes a tuple with names of a class with annotated fields; its methods and constants come along."""

        def __new__(cls, name, bases, namespace):
            fields = [*namespace["__annotations__"]]
            given = [field for field in fields if field in namespace]
            if given != fields[len(fields) - len(given) :]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            defaults = [namespace.pop(field) for field in given]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            for key, value in namespace.items():
                setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_NamedTupleMeta, "NamedTuple", (), {})
