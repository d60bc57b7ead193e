"""Which form belongs to which command: a row each, in the order of the reference."""

from __future__ import annotations

from . import acting, forms, page
from .forms import Form

FORMS = {
    "scan": Form("./rt scan --json", forms.ScanForm, note="`bash get_files2process.sh --json` prints the same."),
    "status": Form("./rt status --json", forms.StatusForm, note="With DAY or NAME, of these alone."),
    "failures": Form("./rt status --failures --json", forms.FailuresForm),
    "ignored": Form("./rt status --ignored --json", forms.IgnoredForm),
    "usage": Form("./rt status --usage --json", forms.UsageForm),
    "why": Form(
        "./rt why NAME --json",
        forms.Story,
        True,
        "A story for each step, and each video that NAME means.",
        also=forms.NotReadStory,
    ),
    "report": Form("./rt report --json", page.PageForm, note="The data of the page; nothing is written."),
    "methods": Form("./rt methods --json", forms.MethodsForm),
    "redo": Form("./rt redo NAME --json", acting.RedoForm),
    "undo": Form("./rt undo --json", acting.UndoForm),
    "redos": Form("./rt undo --list --json", acting.Redone, True, "Youngest first."),
    "clean": Form("./rt clean --json", acting.CleanForm),
    "moved": Form("./rt moved --json", acting.MovedForm),
    "verify": Form("./rt verify --json", acting.VerifyForm),
    "doctor": Form("./rt doctor --json", acting.DoctorForm),
    "trackers": Form("./rt trackers --json", acting.TrackerForm, True),
}
