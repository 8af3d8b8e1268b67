# Two commands do everything, set-up included: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
# A machine with a GPU gets TensorFlow with CUDA; GPU=1 and GPU= decide otherwise.
GPU ?= $(shell command -v nvidia-smi)
LOCK := $(if $(GPU),requirements-gpu.lock,requirements.lock)
# MODISCO=1 adds modisco-lite for the rule discover; once installed, it stays.
MODISCO ?= $(wildcard $(VENV)/lib/python*/site-packages/modiscolite)
LOCKS := $(LOCK) $(if $(MODISCO),requirements-modisco.lock)
READY := $(VENV)/.ready-$(LOCK)$(if $(MODISCO),-modisco)
SNAKEMAKE := . $(VENV)/bin/activate && snakemake --profile profiles/local

.PHONY: help environment demo new plan run yeast export test test-others test-fast lint format docs site pictures lock clean

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

environment: $(READY)  ## build the virtual environment (GPU=1: with CUDA; MODISCO=1: with TF-MoDISco)

$(READY): $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is `$(PYTHON) --version`; use make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	for lock in $(LOCKS); do \
	  $(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $$lock || exit 1; done
	@rm -f $(VENV)/.ready-*; touch $@

demo: $(READY)  ## run the demo from start to report (about ten minutes)
	$(SNAKEMAKE)
	@echo "The report is in results/demo/report.html"

new: $(READY)  ## write a config for your own data: make new GENOME=hg38.fa PEAKS=FOLDER [NAME=mine]
	@test -n "$(GENOME)" -a -n "$(PEAKS)" || { echo "give a genome and peak files: make new GENOME=hg38.fa PEAKS=FOLDER" >&2; exit 1; }
	@$(VENV)/bin/python workflow/scripts/new.py --genome "$(GENOME)" --peaks "$(PEAKS)" $(if $(NAME),--name "$(NAME)") $(OPTIONS)

plan: $(READY)  ## show in short what a run would do: make plan CONFIG=config/mine.yaml
	@. $(VENV)/bin/activate && python workflow/scripts/plan.py $(if $(CONFIG),--configfile "$(CONFIG)") $(OPTIONS)

run: $(READY)  ## run a config: make run CONFIG=config/mine.yaml
	@test -n "$(CONFIG)" || { echo "name the config: make run CONFIG=config/mine.yaml" >&2; exit 1; }
	$(SNAKEMAKE) --configfile "$(CONFIG)" $(OPTIONS)

yeast: $(READY)  ## run the yeast genome: make yeast DATA=FOLDER [CONFIG=config/yeast_all.yaml]
	@test -n "$(DATA)" || { echo "say where the yeast files are: make yeast DATA=FOLDER (see config/README.md)" >&2; exit 1; }
	$(SNAKEMAKE) --configfile $(or $(CONFIG),config/yeast.yaml) --config folder="$(DATA)"

# Tests on Slurm mostly wait and most others use one core, so groups of tests run at the same time. APART is half of the
# others; it needs no finished demo.
APART := tests/unit tests/browser tests/fuzz $(addprefix tests/workflow/test_,rerun.py replicates.py reference_session.py)
test: $(READY)  ## run all tests
	. $(VENV)/bin/activate && .ci/alongside tests/slurm $(MAKE) --no-print-directory test-others

test-others: $(READY)  ## run all tests but those on a Slurm cluster
	. $(VENV)/bin/activate && .ci/alongside "$(APART)" python -m pytest --ignore tests/slurm $(APART:%=--ignore %)

test-fast: $(READY)  ## run the tests that need no cluster, browser or demo
	. $(VENV)/bin/activate && .ci/alongside tests/unit python -m pytest \
	  --ignore tests/unit --ignore tests/slurm --ignore tests/browser --ignore tests/workflow/test_demo.py

export: $(READY)  ## write a trained model as one folder to share: make export RUN=results/demo/models/danq [TO=danq.zip]
	@test -n "$(RUN)" || { echo "say which model: make export RUN=results/demo/models/danq (see docs/sharing.md)" >&2; exit 1; }
	@. $(VENV)/bin/activate && python workflow/scripts/share.py "$(RUN)" $(if $(TO),--output "$(TO)") \
	  $(if $(CONFIG),--config "$(CONFIG)") $(if $(LICENSE),--license "$(LICENSE)")

lint: $(READY)  ## check the code's style and the workflow's
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow
	. $(VENV)/bin/activate && PYTHONPATH=workflow/scripts lint-imports --no-cache
	. $(VENV)/bin/activate && snakemake --lint

format: $(READY)  ## bring the code into style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/snakefmt Snakefile workflow

docs: $(READY)  ## write the tables of config/README.md and docs/models.md that follow from the code
	PYTHONPATH=workflow/scripts $(VENV)/bin/python -m flow.reference

.PHONY: pictures site
pictures: $(READY)  ## make the pictures of the documentation again from the finished demo (needs Chromium)
	$(VENV)/bin/python docs/pictures.py

site: $(READY)  ## build the documentation as a site in site/, and check its links
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict
	@echo "The documentation is in site/index.html"

lock:  ## pin all versions again (needs uv)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --group dev --extra gpu --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements.lock -o requirements-gpu.lock
	uv pip compile pyproject.toml --group dev --extra modisco --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements.lock -o requirements-modisco.lock
	PYTHONPATH=workflow/scripts $(VENV)/bin/python -m flow.environment

clean:  ## remove the demo's results
	rm -rf results/demo resources/demo logs/demo
