"""Dataclasses without their price at a start: Python imports 10 modules for them and compiles the methods of each.

``dataclass``, ``field`` and ``replace`` stand for the functions of ``dataclasses`` in modules that a scan imports: that
saves a tenth of the time of a small scan. Whoever asks such a class for its fields as ``dataclasses`` does gets them.
Other modules take ``dataclasses`` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    _MISSING = object()

    class _Field:
        """What is said of a field: its default, and whether it is shown and compared."""

        def __init__(self, default=_MISSING, default_factory=_MISSING, repr=True, compare=True) -> None:
            self.default, self.default_factory, self.repr, self.compare = default, default_factory, repr, compare

        def value(self) -> Any:
            """Return the default, made anew where it is made by a function; _MISSING where there is none."""
            return self.default if self.default_factory is _MISSING else self.default_factory()

    class _Fields:
        """The fields of a class as ``dataclasses`` knows them, made when somebody asks."""

        def __get__(self, _value: object, kind: type) -> dict[str, Any]:
            import dataclasses  # 5 ms of each start

            made = {}
            for name, said in kind.__dataclass_said__.items():
                told = {"repr": said.repr, "compare": said.compare}
                told |= {} if said.default is _MISSING else {"default": said.default}
                told |= {} if said.default_factory is _MISSING else {"default_factory": said.default_factory}
                made[name] = one = dataclasses.field(**told)
                one.name, one.type, one._field_type = name, kind.__annotations__[name], dataclasses._FIELD
            return made

    def field(**said: Any) -> Any:
        """Return what is said of a field."""
        return _Field(**said)

    def dataclass(kind: type | None = None, frozen: bool = False) -> Any:
        """Give a class the methods of a dataclass; it inherits from no other."""
        return _complete(kind, frozen) if kind else lambda kind: _complete(kind, frozen)

    def replace(value: Any, **changes: Any) -> Any:
        """Return a copy of a value with other fields."""
        said = getattr(value, "__dataclass_said__", None) or value.__dataclass_fields__
        own = {name: getattr(value, name) for name in said}
        return type(value)(**{**own, **changes})

    def _complete(kind: type, frozen: bool) -> type:
        said = {name: vars(kind).get(name, _MISSING) for name in kind.__annotations__}
        fields = {name: one if isinstance(one, _Field) else _Field(one) for name, one in said.items()}
        for name, one in fields.items():
            if one.default is not _MISSING:
                setattr(kind, name, one.default)
            elif name in vars(kind):
                delattr(kind, name)
        kind.__dataclass_said__, kind.__dataclass_fields__ = fields, _Fields()
        kind.__match_args__ = (*fields,)
        kind.__init__ = _initializer(kind, fields)
        shown = [name for name, one in fields.items() if one.repr]
        compared = [name for name, one in fields.items() if one.compare]
        if "__repr__" not in vars(kind):
            kind.__repr__ = lambda self: f"{kind.__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in shown)})"
        kind.__eq__ = lambda self, other: (
            _values(self, compared) == _values(other, compared) if type(other) is type(self) else NotImplemented
        )
        kind.__hash__ = (lambda self: hash(_values(self, compared))) if frozen else None
        if frozen:
            kind.__setattr__ = kind.__delattr__ = _refuse
        return kind

    def _initializer(kind: type, fields: dict[str, _Field]) -> Any:
        names, finish = (*fields,), getattr(kind, "__post_init__", None)

        def initialize(self: Any, *given: Any, **named: Any) -> None:
            if len(given) > len(names):
                raise TypeError(f"{kind.__name__} takes {len(names)} values, {len(given)} were given")
            own = vars(self)
            own.update(zip(names, given, strict=False))
            for name in names[len(given) :]:
                value = named.pop(name) if name in named else fields[name].value()
                if value is _MISSING:
                    raise TypeError(f"{kind.__name__} lacks a value for {name}")
                own[name] = value
            if named:
                raise TypeError(f"{kind.__name__} takes no other value for {next(iter(named))}")
            if finish:
                finish(self)

        return initialize

    def _values(value: Any, names: list[str]) -> tuple[Any, ...]:
        own = vars(value)
        return tuple([own[name] for name in names])

    def _refuse(_self: object, name: str, *_: object) -> None:
        from dataclasses import FrozenInstanceError  # 5 ms of each start

        raise FrozenInstanceError(f"cannot change {name}")
