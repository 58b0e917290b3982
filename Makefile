# The few commands a person needs; everything else is `smartmoney --help`.
export VENV ?= .venv
export PYTHON ?= python3
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
export REALDATA ?= ../shared/data/real2026
.PHONY: help docs proof demo up test lint measures lock reset lab status stop doctor audit setup setup-dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup  ## the whole installation on simulated data, until Ctrl-C
	@exec $(BIN)/smartmoney up --demo

up: setup  ## the whole installation on the live API, until Ctrl-C
	@exec $(BIN)/smartmoney up

test: setup-dev  ## every test
	@exec $(BIN)/python -m pytest -n 3 --dist loadgroup

proof: setup  ## does the score hold on real wallets? folder: REALDATA
	@$(BIN)/smartmoney proof

measures: setup-dev  ## how the code stands, in numbers
	@$(BIN)/python -m benchmarks.measures

lint: setup-dev  ## style and types
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy

audit: setup-dev  ## known holes in the locked packages
	@$(BIN)/python -m tests.security.audit

reset: setup  ## remove what an installation stored, after asking
	@$(BIN)/smartmoney reset

lab: setup  ## JupyterLab on the notebooks
	@exec $(BIN)/smartmoney lab

status: setup  ## what runs where, and how fresh it is
	@$(BIN)/smartmoney status

stop: setup  ## stop what runs in the background or another terminal
	@$(BIN)/smartmoney stop

doctor: setup  ## check this set-up and say what to fix
	@$(BIN)/smartmoney doctor

docs: setup-dev  ## write the tables of docs/ and .env.example again
	@$(BIN)/python -m smartmoney.supervise.example
	@$(BIN)/python -m smartmoney.schema.markdown docs/metrics.md
	@$(BIN)/smartmoney columns > docs/columns.md.new && mv docs/columns.md.new docs/columns.md
	@$(BIN)/python -m tests.kit.import_table

lock: setup-dev  ## resolve the requirements again
	@for part in "-dev:--extra dev --extra dask" ":-c requirements-dev.lock"; do \
	  $(BIN)/uv pip compile -q pyproject.toml $${part#*:} --universal --generate-hashes --python-version 3.11 --upgrade \
	    --no-header --no-annotate --no-emit-index-url -o requirements$${part%%:*}.lock || exit 1; \
	done

setup:
	@.ci/setup requirements.lock

setup-dev:
	@.ci/setup requirements-dev.lock
