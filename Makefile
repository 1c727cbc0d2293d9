# The two commands: `make run` and `make test`. Each sets up what it needs in .venv/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
SOURCES := aggregator web tests benchmarks

.PHONY: run demo test check fmt lint bench soak lock system-deps clean

run: $(RUN_READY)
	$(BIN)/kabar run

demo: $(RUN_READY)
	$(BIN)/kabar demo

test: $(DEV_READY)
	$(BIN)/python -m pytest

check: $(DEV_READY) lint
	$(MAKE) test

lint: $(DEV_READY)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(DEV_READY)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(DEV_READY)
	$(BIN)/python -m benchmarks

soak: $(DEV_READY)
	$(BIN)/python -m pytest -m soak

# What the full test run needs beside Python: the programs that tests drive. Debian and its like, as root.
system-deps:
	apt-get update -q
	apt-get install -y -q --no-install-recommends chromium fonts-noto-core newsboat postgresql

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --group build pyproject.toml -o requirements/run.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --group dev pyproject.toml -o requirements/dev.lock

clean:
	rm -rf $(VENV)

$(RUN_READY): requirements/run.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV_READY): requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(RUN_READY)
