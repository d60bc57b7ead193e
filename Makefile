# Commands: make demo, make test, make test-deep, make test-locales, make cluster-test, make test-real. All set up what they need first, outside this folder
# (cookiecutter copies the whole template folder each time it is used).
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= $(HOME)/.cache/remote-tracker/venv
PROGRAMS ?= $(HOME)/.cache/remote-tracker
# make demo DEMO=FOLDER: in a folder of yours, where the demo before is replaced
DEMO ?=

.PHONY: demo test test-deep test-locales cluster-test test-real help
help:
	@echo "make demo   a whole project on drawn videos, in $(or $(DEMO),a new folder below $(or $(TMPDIR),/tmp))"
	@echo "make test   everything that can be tested without a cluster"
	@echo "make test-deep   the same with 10 times as many crashes and 10,000 examples of each property (hours)"
	@echo "make test-locales   the tests of the task once more where people write 1,5 (needs localedef and the sources of de_DE)"
	@echo "make cluster-test   the same product on Slurm, PBS and GridEngine that it brings up here (Debian, as root)"
	@echo "make test-real   real trackers, which it installs (SLEAP 7 GB, DeepLabCut 7 GB, TRamWAy 0.5 GB, Snakemake 0.3 GB), here and on a Slurm as cluster-test has it"

demo: $(VENV)/demo.done
	@bash demo/run.sh "$(VENV)" "$(DEMO)"

# One worker more than the two cores that it is meant for: tests wait for processes and clocks a part of their time.
test: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" python -m pytest -n 3 --dist loadgroup --ignore=tests/cluster --ignore=tests/real tests

test-deep: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" python -m pytest -n 2 --dist loadgroup --deep --ignore=tests/cluster --ignore=tests/real tests

test-locales: $(VENV)/demo.done $(VENV)/tests.done
	@set -e; for locale in de_DE.UTF-8 de_DE.ISO-8859-1; do PATH="$(VENV)/bin:$$PATH" RT_LOCALE=$$locale \
		python -m pytest -n 2 tests/task tests/whole/test_hostile_names.py; done

# RT_SNAKEMAKE=FOLDER/bin: a Snakemake that is there already
cluster-test: $(VENV)/demo.done $(VENV)/tests.done $(if $(RT_SNAKEMAKE),,$(PROGRAMS)/snakemake/programs.done)
	@PATH="$(VENV)/bin:$$PATH" RT_SNAKEMAKE="$(or $(RT_SNAKEMAKE),$(PROGRAMS)/snakemake/bin)" python -m pytest -n 3 tests/cluster

# RT_SLEAP=FOLDER/bin, RT_DEEPLABCUT=FOLDER/bin, RT_TRAMWAY=FOLDER/bin, RT_SNAKEMAKE=FOLDER/bin: one that is there already
test-real: $(VENV)/demo.done $(VENV)/tests.done $(if $(RT_SLEAP),,$(PROGRAMS)/sleap/programs.done) $(if $(RT_DEEPLABCUT),,$(PROGRAMS)/deeplabcut/programs.done) $(if $(RT_TRAMWAY),,$(PROGRAMS)/tramway/programs.done) $(if $(RT_SNAKEMAKE),,$(PROGRAMS)/snakemake/programs.done)
	@PATH="$(VENV)/bin:$$PATH" RT_SLEAP="$(or $(RT_SLEAP),$(PROGRAMS)/sleap/bin)" RT_DEEPLABCUT="$(or $(RT_DEEPLABCUT),$(PROGRAMS)/deeplabcut/bin)" \
		RT_TRAMWAY="$(or $(RT_TRAMWAY),$(PROGRAMS)/tramway/bin)" \
		RT_SNAKEMAKE="$(or $(RT_SNAKEMAKE),$(PROGRAMS)/snakemake/bin)" python -m pytest tests/real

TRACKERS := {{cookiecutter.project_slug}}/remote_tracker/trackers
$(PROGRAMS)/%/programs.done: $(TRACKERS)/%/requirements.txt
	@echo "Setting up $(@D) for the tracker $* (once)"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "real trackers need Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch $@

$(VENV)/%.done: %/requirements.txt
	@echo "Setting up $(VENV) for the $* (once)"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "Python 3.10 or newer is needed: make demo PYTHON=python3.12")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
