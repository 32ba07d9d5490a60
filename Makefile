PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALL := python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test check fuzz faults load lock clean

demo: $(VENV)/.installed
	$(BIN)/assistant demo demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_imports.py

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz images --keep docs/robustness.md
	$(BIN)/python -m tests.fuzz tables --keep docs/robustness.md

faults: $(VENV)/.installed-dev demo
	$(BIN)/python -m tests.faults --keep docs/robustness.md

load: $(VENV)/.installed-dev demo
	$(BIN)/python -m tests.load --keep docs/robustness.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

lock: $(VENV)/.installed
	$(BIN)/python tools/lock.py

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
ifdef HASHES
	$(BIN)/$(INSTALL) --require-hashes --no-deps -r requirements.lock
	$(BIN)/$(INSTALL) --no-deps -e .
else
	$(BIN)/$(INSTALL) -e .
endif
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/$(INSTALL) -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) demo
