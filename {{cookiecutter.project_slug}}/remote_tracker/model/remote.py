"""The other side of a project, as project.yml declares it."""

from __future__ import annotations

from ..named_tuple import NamedTuple


class Remote(NamedTuple):
    """The other side of a project: where its videos are processed, reached by the user's own ssh."""

    login: str  # the host to which commands go, as ~/.ssh/config names it
    folder: str  # of the project there; a relative path starts at the user's home there
    data: str = ""  # the host to which files go; "": ``login``
    cluster: str = ""  # the cluster's file there; "": what project.yml says there

    @property
    def data_host(self) -> str:
        """Return the host to which files go."""
        return self.data or self.login
