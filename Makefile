# One command runs the job, one passes the tests; `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

AS_OF ?= 2006-04-25
SEED ?= 2006
PEOPLE ?= 150000

PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3 python,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $(name))))
BIN := .venv/bin
JOBS := $(BIN)/python -m jobs

.PHONY: help run test test-fast test-long test-worlds test-live test-live-short lint audit standalone docs picture requirements wheels clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: .venv/runs ## Build the invented registers and run the night of 25 April 2006 through Airflow
	$(JOBS) world --seed $(SEED) --people $(PEOPLE) --as-of $(AS_OF) --load
	$(JOBS) airflow dags test nightly_reconciliation $(AS_OF)
	$(JOBS) airflow dags test email_reports $(AS_OF)
	@$(JOBS) summary --as-of $(AS_OF)

# Two workers, a file to each at a time; the slowest files first (tests/conftest.py).
SHARED := -n 2 --dist loadfile --no-loadscope-reorder

test: .venv/tests ## Run the whole test suite
	$(BIN)/python -m pytest $(SHARED)

FAST ?= tests/assess tests/contract tests/runtime tests/house tests/link/standardise tests/link/compare

test-fast: .venv/tests ## Run what needs no server and no world: between two edits (FAST="tests/report")
	$(BIN)/python -m pytest $(SHARED) -q -m "not slow and not airflow and not long and not live" $(FAST)

LIVE ?= tests/dags

test-live: .venv/tests ## Run what takes minutes under Airflow's own scheduler (LIVE=tests/dags/test_live_faults.py)
	$(BIN)/python -m pytest -m live $(LIVE)

test-live-short: .venv/tests ## Run those of the live tests that CI runs, in some ten minutes
	$(BIN)/python -m pytest -m "live and short" tests/dags

MANY := tests/assess/test_many_worlds.py

test-long: .venv/tests ## Run what takes minutes too: killed nights, the replay, worlds by the thousand (WORLDS=20000)
	$(BIN)/python -m pytest $(SHARED) -m long --ignore=$(MANY)
	$(MAKE) test-worlds

test-worlds: .venv/tests
	$(BIN)/python -m pytest -n 2 -m long $(MANY)

lint: .venv/tests ## Check style, types, the import rules and the generated pages of docs/
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(JOBS) docs --check

audit: .venv/runs requirements-audit.txt ## What is installed, its licences and known faults, and bandit: var/sbom.cdx.json, docs/dependencies.md
	$(PYTHON) -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	mkdir -p var
	.venv/audit/bin/bandit --quiet --configfile pyproject.toml --recursive jobs dags expectations
	.venv/audit/bin/cyclonedx-py environment --output-reproducible -o var/sbom.cdx.json $(BIN)/python
	.venv/audit/bin/pip-audit --requirement requirements.txt --no-deps --disable-pip --progress-spinner off \
		--format json --output var/audit.json || test -s var/audit.json
	$(BIN)/python -m benchmarks.dependencies --sbom var/sbom.cdx.json --audit var/audit.json

standalone: .venv/runs ## Start Airflow with its own page on http://localhost:8080
	$(JOBS) airflow standalone

docs: .venv/runs ## Write the generated pages of docs/ anew
	$(JOBS) docs

picture: .venv/tests ## Take the picture of the first page in docs/pictures, after a run
	$(BIN)/python -m benchmarks.picture --as-of $(AS_OF)

PYTHONS ?= python3.11 python3.12 python3.13
COMPILE := .venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--no-emit-index-url --no-emit-find-links --generate-hashes \
	--custom-compile-command "make requirements"

requirements: ## Pin every package anew, from pyproject.toml; each must have a wheel for every Python
	$(PYTHON) -m venv .venv/uv && .venv/uv/bin/pip install --quiet uv
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(COMPILE) --group spark -c requirements-dev.txt -o requirements-spark.txt
	$(COMPILE) --group fab -c requirements-dev.txt -o requirements-fab.txt
	$(COMPILE) --group audit -o requirements-audit.txt
	$(MAKE) wheels

# Each Python asks pip itself: only a running Python reads the conditions of a pin as it will at
# installation. Spark is published as source alone.
wheels:
	set -e; for python in $(PYTHONS); do echo "$$python"; $$python -m venv --clear .venv/wheels; \
		.venv/wheels/bin/python -m pip install --quiet --disable-pip-version-check --dry-run \
			--only-binary=:all: --no-binary=pyspark -r requirements-dev.txt -r requirements-spark.txt \
			-r requirements-fab.txt; \
	done

clean: ## Remove the environment and all data of the runs, the embedded databases included
	@if [ -x $(BIN)/python ]; then $(JOBS) stop; fi
	rm -rf .venv var

.venv/python:
	@if [ -z "$(PYTHON)" ]; then echo "make: needs Python 3.11 or newer; install it or set PYTHON=" >&2; exit 2; fi
	$(PYTHON) -m venv .venv
	touch $@

.venv/runs: .venv/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/tests: .venv/runs requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
