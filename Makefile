# make demo   run the tutorial's task at http://localhost:3000
# make test   lint, then all tests
# make lint   formatting, style, types and import rules only
# make bench  print the figures that the design promises, with load and machine

PYTHON  ?= python3
VENV    ?= .venv
BIN     := $(VENV)/bin
PROJECTS := core $(patsubst %/,%,$(wildcard plugins/*/))
EDITABLE := $(foreach project,$(PROJECTS),-e $(project))
MANIFESTS := pyproject.toml $(PROJECTS:%=%/pyproject.toml)
SOURCES := $(wildcard core/src plugins/*/src)

.PHONY: demo test lint bench clean

demo: $(VENV)/.runtime
	cd examples/simple_static_task && $(abspath $(BIN))/python static_test_script.py

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python tests/check_types.py $(SOURCES)
	$(BIN)/python -m pytest --quiet --no-header tests/test_architecture.py tests/test_source_rules.py

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python $(MANIFESTS)
	@echo "Installing what Mephisto needs into $(VENV); this takes a minute the first time."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(EDITABLE)
	touch $@

$(VENV)/.development: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	touch $@
