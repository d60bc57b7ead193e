"""Several tasks on one GPU: one allocation, a proof each, and one fewer where the GPU's memory was full.

There is no GPU in these tests: what is asked for and handed on is looked at, with tasks of bash.
"""

from __future__ import annotations

import re

from cluster_lab import ClusterLab, on

TOGETHER = (
    "touch {{ project }}/begun.{{ wildcards.name }}; "
    "if test -e {{ project }}/full; then until test $(ls {{ project }}/begun.* | wc -l) = 3; do sleep 0.1; done; "
    "sleep 1; echo torch.OutOfMemoryError: CUDA out of memory. >&2; exit 1; fi; "
    'echo "$RT_JOB $SLURM_ARRAY_TASK_ID" > {{ output.copy }}'
)


def without_gpu(lab: ClusterLab) -> str:
    """Take the lines out of the job script that ask for what is not here; returns the script before that."""
    path = lab.workspace / lab.script
    text = path.read_text()
    path.write_text(re.sub(r"^#SBATCH --(gres|mem|cpus-per-task)=.*\n", "", text, flags=re.MULTILINE))
    return text


@on("slurm")
def test_three_on_one_gpu_then_two(lab: ClusterLab) -> None:
    """Three tasks of one job run at once; where the GPU is full a retry has two a job, and each is proven by itself."""
    lab.tracker(command=TOGETHER, resources={"cpus": 2, "memory": "4G", "gpus": 1})
    lab.settings(per_gpu=3)
    lab.videos(3)
    lab.scan()
    script = without_gpu(lab)
    for line in ("#SBATCH --array=1-3:3", "#SBATCH --gres=gpu:1", "#SBATCH --mem=12G", "#SBATCH --cpus-per-task=6"):
        assert f"{line}\n" in script
    assert "per_job=3\nexport RT_BESIDE=yes\n" in script
    (lab.root / "full").touch()
    lab.submit()
    lab.wait_until_empty()
    assert lab.counts() == {"incomplete": 3}
    assert "Just these again:  ./rt retry --cause" in lab.rt("status", "--failures").out
    (lab.root / "full").unlink()
    retried = lab.rt("retry")
    assert retried.code == 0, retried
    assert "The GPU's memory was full: 2 at once on each now, where the last list had one more." in retried.out
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}
    sent = lab.batch(lab.batches()[-1]) / lab.script
    assert "#SBATCH --array=1-3:2\n" in sent.read_text()
    first = [lab.result(f"d1/v{number}.txt").read_text().split()[1] for number in (1, 2, 3)]
    assert first == ["1", "1", "3"]
