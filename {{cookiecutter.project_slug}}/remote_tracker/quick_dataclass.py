"""Dataclasses that are made quickly where a scan starts: see docs/decisions/0023-dataclasses-of-our-own.md.

The standard library writes source for each dataclass and compiles it at every start, and imports ``inspect``: 10 ms of
a scan. Here the same methods are closures over the names of the fields. The modules that a scan imports take
``dataclass``, ``field`` and ``replace`` from here, others from ``dataclasses``. Its functions work on both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:

    def dataclass(cls: type | None = None, *, frozen: bool = False) -> Any:
        """Make a class with annotated fields a dataclass, as ``dataclasses.dataclass`` does; it inherits from nothing.

        Raises TypeError where it inherits.
        """
        return _finish(cls, frozen) if cls else lambda cls: _finish(cls, frozen)

    def field(**given: Any) -> Any:
        """Describe a field; ``default``, ``default_factory``, ``repr`` and ``compare`` are as in ``dataclasses``."""
        return _Field(given)

    def replace(value: Any, /, **changes: Any) -> Any:
        """Return a dataclass of this module with other values in some fields."""
        return type(value)(**{name: getattr(value, name) for name in value.__match_args__} | changes)


class _Field(dict[str, Any]):
    """What was given to ``field``."""


class _FieldsOfLibrary:
    """The fields as ``dataclasses`` knows them, made where its functions ask a class for them."""

    def __init__(self, fields: Mapping[str, _Field]) -> None:
        self._fields = fields

    def __get__(self, _value: object, cls: type) -> Any:
        import dataclasses  # 5 ms: this is what a scan does without

        fields = [(name, Any, dataclasses.field(**one)) for name, one in self._fields.items()]
        found = dataclasses.make_dataclass(cls.__name__, fields).__dict__["__dataclass_fields__"]
        type.__setattr__(cls, "__dataclass_fields__", found)
        return found


def _finish(cls: type, frozen: bool) -> type:
    if cls.__bases__ != (object,):
        raise TypeError(f"{cls.__name__} inherits: take dataclass from dataclasses")
    fields = {name: _field_of(cls, name) for name in cls.__annotations__}
    told = tuple(name for name, one in fields.items() if one.get("repr", True))
    compared = tuple(name for name, one in fields.items() if one.get("compare", True))
    made: dict[str, Any] = {
        "__init__": _init_of(cls, fields),
        "__repr__": _repr_of(told),
        "__match_args__": tuple(fields),
        "__dataclass_fields__": _FieldsOfLibrary(fields),
        **_comparison_of(compared, frozen),
        **({"__setattr__": _refuse, "__delattr__": _refuse} if frozen else {}),
    }
    for name, method in made.items():
        setattr(cls, name, method)
    return cls


def _field_of(cls: type, name: str) -> _Field:
    """Return the field, and leave its default in the class."""
    value = cls.__dict__.get(name, _Field())
    if not isinstance(value, _Field):
        return _Field(default=value)
    if "default" in value:
        setattr(cls, name, value["default"])
    elif name in cls.__dict__:
        delattr(cls, name)
    return value


def _init_of(cls: type, fields: Mapping[str, _Field]) -> Callable[..., None]:
    names, known = tuple(fields), frozenset(fields)
    defaults = {name: one["default"] for name, one in fields.items() if "default" in one}
    makers = {name: one["default_factory"] for name, one in fields.items() if "default_factory" in one}
    then: Callable[[Any], None] | None = cls.__dict__.get("__post_init__")

    def init(self: Any, *args: Any, **given: Any) -> None:
        values = dict(zip(names, args))  # noqa: B905 "strict" would take as long as all else here
        if given or len(args) != len(names):
            values = fill(values, args, given)
        self.__dict__.update(values)
        if then:
            then(self)

    def fill(values: dict[str, Any], args: tuple[Any, ...], given: dict[str, Any]) -> dict[str, Any]:
        if len(args) > len(names) or not given.keys() <= known or not values.keys().isdisjoint(given):
            raise TypeError(f"{cls.__name__}() takes {', '.join(names)}; each one once")
        values = {**defaults, **values, **given}
        values.update({name: make() for name, make in makers.items() if name not in values})
        if lacking := known - values.keys():
            raise TypeError(f"{cls.__name__}() lacks {', '.join(sorted(lacking))}")
        return {name: values[name] for name in names}  # vars() tells them in this order

    return init


def _repr_of(names: tuple[str, ...]) -> Callable[[Any], str]:
    def written(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in names])})"

    return recursive_repr()(written)


def _comparison_of(names: tuple[str, ...], frozen: bool) -> dict[str, Any]:
    get = attrgetter(*names, "__class__")  # a tuple, also of a single field

    def equal(self: Any, other: object) -> Any:
        return get(self) == get(other) if other.__class__ is self.__class__ else NotImplemented

    return {"__eq__": equal, "__hash__": (lambda self: hash(get(self))) if frozen else None}


def _refuse(_value: object, name: str, *_: object) -> None:
    from dataclasses import FrozenInstanceError  # 5 ms: only a mistake comes here

    raise FrozenInstanceError(f"cannot change field {name!r}")
