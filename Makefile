# `make demo` and `make test` set everything up by themselves.
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
RECENT := 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3 python; do \
	"$$one" -c $(RECENT) 2>/dev/null && echo "$$one" && break; done)
TORCH := torch==2.13.0

ifdef UV
MAKE_VENV = $(UV) venv --quiet --python '>=3.11' $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python -c constraints.txt
else
MAKE_VENV = $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet 'pip>=25.1'
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
endif

.PHONY: demo test test-fast check mutants fuzz faults load lock clean

demo: $(VENV)/.installed
	$(BIN)/assistant demo demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 -m "not alone"
	$(BIN)/python -m pytest -m alone

test-fast: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 -m "not slow"

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_imports.py

mutants: $(VENV)/.installed-dev
	$(INSTALL) --group mutants
	$(BIN)/python tools/mutants.py

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz images --keep docs/robustness.md
	$(BIN)/python -m tests.fuzz tables --keep docs/robustness.md

faults: $(VENV)/.installed-dev demo
	$(BIN)/python -m tests.faults --keep docs/robustness.md

load: $(VENV)/.installed-dev demo
	$(BIN)/python -m tests.load --keep docs/robustness.md

lock: $(VENV)/.installed
	$(BIN)/python tools/lock.py

$(VENV)/bin/python:
	@test -n "$(UV)$(PYTHON)" || (echo "Python 3.11 or newer is needed, or uv" >&2; exit 1)
	$(MAKE_VENV)

# TORCH_INDEX=URL takes torch from there first: the builds for processors alone are much smaller.
$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
ifdef TORCH_INDEX
	$(INSTALL) --index-url $(TORCH_INDEX) $(TORCH)
endif
ifdef HASHES
	$(INSTALL) --require-hashes --no-deps -r requirements.lock
	$(INSTALL) --no-deps -e .
else
	$(INSTALL) -e .
endif
	$(BIN)/python -m compileall -q assistant index
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) --group dev
	touch $@

clean:
	rm -rf $(VENV) demo
