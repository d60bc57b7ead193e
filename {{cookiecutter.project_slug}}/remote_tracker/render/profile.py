"""Render a workflow's Snakemake profile for the cluster that its rules run on. Pure.

Options that depend on a path are not part of it: run_workflow.py gives them on the command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..model import Container, Workflow
from ..text.late_yaml import yaml
from .container import bind_words

LOCAL = "local"
GENERIC = "cluster-generic"
# A variable names the program: it is read so late that no character of its path has a meaning to a shell.
CLUSTER_COMMANDS = {
    "cluster-generic-submit-cmd": '"$(printenv RULE_JOBS)" submit',
    "cluster-generic-status-cmd": '"$(printenv RULE_JOBS)" status',
}
# For Snakemake's executor for Slurm: its options, and its resources for the words of a job script.
SLURM = {
    "slurm-init-seconds-before-status-checks": 10,  # default 40, in which short rules wait for nothing
    "slurm-keep-successful-logs": True,  # by default the log of a rule that ends well is deleted
    "slurm-delete-logfiles-older-than": 0,  # never; default 10
}
SLURM_RESOURCES = {"partition": "slurm_partition", "account": "slurm_account", "qos": "qos"}


def render_profile(
    workflow: Workflow, executor: str, asked: Mapping[str, str], container: Container, cores: str
) -> dict[str, str]:
    """Return file name -> text of the profile: config.yaml and, where the workflow gets settings, values.yaml.

    ``asked`` holds the requests of the job script: rules get its partition, account and QOS. ``cores`` is for rules
    that run inside the task. Raises ConfigError where the project has an image: rules name their own images.
    """
    if container.image:
        message = "a workflow's rules name their own images (container: in the Snakefile)"
        raise ConfigError(f"project.yml, container: {message}. Take the image out. Nothing was changed.")
    profile = dict(workflow.profile)
    if executor == LOCAL:
        profile |= {"executor": LOCAL, "cores": cores}
    else:
        profile = _merged(profile, workflow.queued) | {"executor": executor}
        common = {ours: asked[word] for word, ours in SLURM_RESOURCES.items() if word in asked}
        base = (
            CLUSTER_COMMANDS if executor == GENERIC else {**SLURM, **({"default-resources": common} if common else {})}
        )
        profile = _merged(base, profile)
    words = [word for spec in container.binds for word in bind_words(spec)] + list(container.options)
    if words and profile.get("software-deployment-method"):
        profile["apptainer-args"] = shlex.join(words)
    values = profile.pop("config", {})
    return {"config.yaml": _dumped(profile), **({"values.yaml": _dumped(values)} if values else {})}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return the union: a key that is a mapping in both is merged, for every other key ``above`` wins."""
    both = {key: {**below[key], **above[key]} for key in below if isinstance(above.get(key), Mapping)}
    return {**below, **above, **both}


def _dumped(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=110)
