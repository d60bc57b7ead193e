"""A project at home, and the same project on the other side: both are labs, and home reaches the other by ssh."""

from __future__ import annotations

from pathlib import Path

from lab import SMALL_PATH, Lab, Ran
from sshds import Sshds


class Home(Lab):
    """The side at home; ``far`` is the other side."""

    def __init__(self, root: Path, home: Path, far: Lab, sshds: Sshds) -> None:
        super().__init__(root, home)
        self.far, self.sshds = far, sshds

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees at home: an ssh that knows the way stands first."""
        return super().environment(**{"PATH": f"{self.sshds.programs}:{SMALL_PATH}", **more})

    def login(self) -> Ran:
        """Open the connection as a person does, who is asked for nothing here."""
        ran = self.rt("remote", "login")
        assert ran.code == 0, ran
        return ran
