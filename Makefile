# Commands: make demo, make test, make test-generated, make test-deep, make test-locales, make cluster-test, make test-real, make oldest, make site, make figures. All set up what they need first, outside this folder
# (cookiecutter copies the whole template folder each time it is used).
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= $(HOME)/.cache/remote-tracker/venv
PROGRAMS ?= $(HOME)/.cache/remote-tracker
# make demo DEMO=FOLDER: in a folder of yours, where the demo before is replaced
DEMO ?=
# make site SITE=FOLDER: where the site and the environment that builds it lie
SITE ?= $(PROGRAMS)/site
# make figures ONLY=join,dispatch AGAINST=COMMIT
ONLY ?=
AGAINST ?= HEAD~1

.PHONY: demo test test-generated test-deep test-locales cluster-test test-real oldest site figures help
help:
	@echo "make demo   a whole project on drawn videos, in $(or $(DEMO),a new folder below $(or $(TMPDIR),/tmp))"
	@echo "make test   all that can be tested without a cluster; long cases take turns, some each day"
	@echo "make test-generated   what make test draws a few of: 20 crashes of each command, 200 examples of each property, all cases of tests that take long"
	@echo "make test-deep   everything with 200 crashes of each command and 10,000 examples of each property (hours)"
	@echo "make test-locales   the tests of the task once more where people write 1,5 (needs localedef and the sources of de_DE)"
	@echo "make cluster-test   the same product on Slurm, PBS and GridEngine, and behind sshd, that it brings up here (Debian, as root)"
	@echo "make test-real   real trackers, which it installs (SLEAP 7 GB, DeepLabCut 7 GB, idtracker.ai 6 GB, DynVision 7 GB, TRamWAy 0.5 GB, Snakemake 0.3 GB), here and on a Slurm as cluster-test has it; RT_TIERPSY=FOLDER: Tierpsy in that environment, too"
	@echo "make oldest PYTHON=python3.10 RT_BASH=FOLDER   a whole project and the tests of the task with the oldest versions that are supported, and the bash in FOLDER (4.4)"
	@echo "make site   these pages as a site with a search, in $(SITE)/html; it needs no network to be read"
	@echo "make figures   the figures that pages quote, measured again (an hour and a half; ONLY=join,dispatch: some); fails where a limit is broken"

demo: $(VENV)/demo.done
	@bash demo/run.sh "$(VENV)" "$(DEMO)"

# Of tests with many cases that take long it runs those that are this day's turn (tests/drawing.py); test-generated runs all.
# Two workers more than the two cores that it is meant for: tests wait for processes and clocks a part of their time.
test: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" bash tests/in_memory.sh python -m pytest -n 4 --ignore=tests/cluster --ignore=tests/real --ignore=tests/remote tests

test-generated: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" python -m pytest -n 3 --generated -m "seeded or hypothesis or drawn" --ignore=tests/cluster --ignore=tests/real --ignore=tests/remote/test_kills.py tests

test-deep: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" python -m pytest -n 2 --deep --ignore=tests/cluster --ignore=tests/real --ignore=tests/remote/test_kills.py tests

test-locales: $(VENV)/demo.done $(VENV)/tests.done
	@set -e; for locale in de_DE.UTF-8 de_DE.ISO-8859-1; do PATH="$(VENV)/bin:$$PATH" RT_LOCALE=$$locale \
		python -m pytest -n 2 tests/task tests/whole/test_hostile_names.py; done

# RT_SNAKEMAKE=FOLDER/bin: a Snakemake that is there already
cluster-test: $(VENV)/demo.done $(VENV)/tests.done $(if $(RT_SNAKEMAKE),,$(PROGRAMS)/snakemake/programs.done)
	@PATH="$(VENV)/bin:$$PATH" RT_SNAKEMAKE="$(or $(RT_SNAKEMAKE),$(PROGRAMS)/snakemake/bin)" RT_KILLS=4 python -m pytest -n 3 tests/cluster tests/remote

# RT_SLEAP=FOLDER/bin, RT_DEEPLABCUT=FOLDER/bin, RT_TRAMWAY=FOLDER/bin, RT_IDTRACKERAI=FOLDER/bin, RT_SNAKEMAKE=FOLDER/bin: one that is there already.
# RT_DYNVISION=FOLDER: a source tree of DynVision, and RT_DYNVISION_PROGRAMS=FOLDER/bin: a Python that has what it needs.
# RT_PARQUET=FOLDER/bin, RT_CRATE=FOLDER/bin: a Python with what tests/real/parquet.requirements.txt, crate.requirements.txt list.
# RT_FRICTIONLESS=FOLDER/bin: the validator of Data Packages, which judges the joined tables.
# RT_BIBTEX=FOLDER/bin: a Python with a reader of BibTeX, pybtex.
# RT_SLEAP_IO=FOLDER/bin: a Python with sleap-io, and with what ./rt needs.
# RT_DATASHUTTLE=FOLDER/bin: a Python with datashuttle, which judges the folders of NeuroBlueprint.
# RT_TIERPSY=FOLDER: an environment of Tierpsy (the head of its requirements.txt says how to make one); without it its tests are skipped.
test-real: $(VENV)/demo.done $(VENV)/tests.done $(if $(RT_SLEAP),,$(PROGRAMS)/sleap/programs.done) $(if $(RT_DEEPLABCUT),,$(PROGRAMS)/deeplabcut/programs.done) $(if $(RT_TRAMWAY),,$(PROGRAMS)/tramway/programs.done) \
		$(if $(RT_IDTRACKERAI),,$(PROGRAMS)/idtrackerai/programs.done) $(if $(RT_SNAKEMAKE),,$(PROGRAMS)/snakemake/programs.done) \
		$(if $(RT_SLEAP_IO),,$(PROGRAMS)/labels/programs.done) $(if $(RT_DATASHUTTLE),,$(PROGRAMS)/datashuttle/programs.done) \
		$(if $(RT_PARQUET),,$(PROGRAMS)/parquet/programs.done) $(if $(RT_CRATE),,$(PROGRAMS)/crate/programs.done) \
		$(if $(RT_FRICTIONLESS),,$(PROGRAMS)/frictionless/programs.done) $(if $(RT_BIBTEX),,$(PROGRAMS)/bibtex/programs.done) \
		$(if $(RT_MOVEMENT),,$(PROGRAMS)/movement/programs.done) $(if $(RT_NWB),,$(PROGRAMS)/nwb/programs.done) \
		$(if $(RT_DYNVISION_PROGRAMS),,$(PROGRAMS)/dynvision/programs.done) $(if $(RT_DYNVISION),,$(PROGRAMS)/dynvision/source/dynvision)
	@PATH="$(VENV)/bin:$$PATH" RT_SLEAP="$(or $(RT_SLEAP),$(PROGRAMS)/sleap/bin)" RT_DEEPLABCUT="$(or $(RT_DEEPLABCUT),$(PROGRAMS)/deeplabcut/bin)" \
		RT_TRAMWAY="$(or $(RT_TRAMWAY),$(PROGRAMS)/tramway/bin)" RT_DATASHUTTLE="$(or $(RT_DATASHUTTLE),$(PROGRAMS)/datashuttle/bin)" \
		RT_PARQUET="$(or $(RT_PARQUET),$(PROGRAMS)/parquet/bin)" RT_CRATE="$(or $(RT_CRATE),$(PROGRAMS)/crate/bin)" \
		RT_FRICTIONLESS="$(or $(RT_FRICTIONLESS),$(PROGRAMS)/frictionless/bin)" RT_BIBTEX="$(or $(RT_BIBTEX),$(PROGRAMS)/bibtex/bin)" \
		RT_MOVEMENT="$(or $(RT_MOVEMENT),$(PROGRAMS)/movement/bin)" RT_NWB="$(or $(RT_NWB),$(PROGRAMS)/nwb/bin)" \
		RT_SLEAP_IO="$(or $(RT_SLEAP_IO),$(PROGRAMS)/labels/bin)" \
		RT_IDTRACKERAI="$(or $(RT_IDTRACKERAI),$(PROGRAMS)/idtrackerai/bin)" RT_TIERPSY="$(RT_TIERPSY)" \
		RT_SNAKEMAKE="$(or $(RT_SNAKEMAKE),$(PROGRAMS)/snakemake/bin)" RT_DYNVISION="$(or $(RT_DYNVISION),$(PROGRAMS)/dynvision/source)" \
		RT_DYNVISION_PROGRAMS="$(or $(RT_DYNVISION_PROGRAMS),$(PROGRAMS)/dynvision/bin)" python -m pytest tests/real

# RT_BASH=FOLDER: where a bash 4.4 lies, as GNU's source builds it; without it the bash of the machine is taken.
oldest: $(PROGRAMS)/oldest/programs.done
	@export PATH="$(if $(RT_BASH),$(RT_BASH):)$(PROGRAMS)/oldest/bin:$$PATH"; python --version; bash --version | head -n 1; \
		python -m pytest -n 3 tests/whole/test_first_hour.py tests/whole/test_process.py tests/whole/test_scan.py tests/whole/test_verbs.py tests/task

$(PROGRAMS)/oldest/programs.done: tests/oldest.requirements.txt
	@echo "Setting up $(@D) with the oldest versions (once)"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info[:2] == (3, 10) else "the oldest Python is 3.10: make oldest PYTHON=python3.10")'
	@test -x "$(@D)/bin/python" || $(PYTHON) -m venv "$(@D)"
	@"$(@D)/bin/python" -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch "$@"

# Everything that MkDocs warns of fails, as a link that leads nowhere.
site: $(SITE)/programs.done
	@"$(SITE)/bin/python" docs/make_site.py "$(SITE)"

$(SITE)/programs.done: docs/site.requirements.txt
	@echo "Setting up $(@D) for the site (once)"
	@test -x "$(@D)/bin/python" || $(PYTHON) -m venv "$(@D)"
	@"$(@D)/bin/python" -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch "$@"

figures: $(VENV)/demo.done $(VENV)/tests.done
	@PATH="$(VENV)/bin:$$PATH" python benchmarks/figures --only "$(ONLY)" --against "$(AGAINST)"

# Its workflow is in what it publishes; its own list of requirements cannot be installed any more.
$(PROGRAMS)/dynvision/source/dynvision:
	@mkdir -p $(@D)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $(@D) dynvision==0.1.0

# ffcv, which DynVision imports, is compiled with OpenCV.
$(PROGRAMS)/dynvision/programs.done: | opencv-to-compile-with
.PHONY: opencv-to-compile-with
opencv-to-compile-with:
	@test -n "$(RT_DYNVISION_PROGRAMS)" -o -e $(PROGRAMS)/dynvision/programs.done || pkg-config --exists opencv4 libturbojpeg || \
		apt-get install -y --no-install-recommends g++ pkg-config libopencv-dev libturbojpeg0-dev

TRACKERS := {{cookiecutter.project_slug}}/remote_tracker/trackers
$(PROGRAMS)/%/programs.done: $(TRACKERS)/%/requirements.txt
	@echo "Setting up $(@D) for the tracker $* (once)"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "real trackers need Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch $@

# Before the rule behind it: what a test needs beside an export is listed here, with the export's own list.
$(PROGRAMS)/%/programs.done: tests/real/%.requirements.txt
	@echo "Setting up $(@D) for the tests of $* (once)"
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch $@

EXPORTS := {{cookiecutter.project_slug}}/remote_tracker/exports
$(PROGRAMS)/%/programs.done: $(EXPORTS)/%.requirements.txt
	@echo "Setting up $(@D) for the tests of $* (once)"
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r "$<"
	@touch $@

$(VENV)/%.done: %/requirements.txt
	@echo "Setting up $(VENV) for the $* (once)"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "Python 3.10 or newer is needed: make demo PYTHON=python3.12")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
