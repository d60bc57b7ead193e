"""PyYAML, imported at its first use: that takes 12 ms, and most starts find all that they read from YAML kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml
else:

    class _Late:
        """Stands for the module until somebody asks for something in it."""

        def __getattr__(self, name: str) -> Any:
            import yaml  # 12 ms of a scan that lists nothing new

            return getattr(yaml, name)

    yaml = _Late()

__all__ = ["yaml"]
