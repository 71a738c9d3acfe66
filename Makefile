# `make run` shows Layerscope, `make test` tests it; both set up all that they need, once.
# `make help` lists the rest.

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

# A stamp is as old as the installation that it stands for.
VENV_MADE := $(VENV)/.made
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev

# Headless: Qt draws into memory, Mesa renders in software; a worker of pytest has one core.
HEADLESS := QT_QPA_PLATFORM=offscreen EGL_PLATFORM=surfaceless LIBGL_ALWAYS_SOFTWARE=1
ON_SCREEN := QT_QPA_PLATFORM=xcb EGL_PLATFORM=surfaceless LIBGL_ALWAYS_SOFTWARE=1
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
XVFB := xvfb-run -a -s "-screen 0 1920x1080x24 -ac +extension GLX +render -noreset"

# On Linux the Mesa libraries and the virtual screen are installed by us, so their absence is a
# failure and no reason to skip a test.
ifeq ($(shell uname -s),Linux)
REQUIRE := LAYERSCOPE_REQUIRE_GL=1
endif

.DEFAULT_GOAL := help
.PHONY: help run test test-screen test-kernels lint check format bench gallery clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## open the window (without a display: render the demo to files)
	@tools/system-libraries.sh
	@tools/run.sh

test: test-screen ## run all tests, headless
	$(HEADLESS) $(ONE_THREAD) $(REQUIRE) $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not screen"

test-screen: $(INSTALLED_DEV) ## run only the tests that need a window system, on a virtual screen
	@tools/system-libraries.sh screen
	@if command -v xvfb-run >/dev/null; then \
		$(ON_SCREEN) $(ONE_THREAD) $(REQUIRE) LAYERSCOPE_REQUIRE_SCREEN=1 $(XVFB) $(BIN)/pytest -m screen; \
	else \
		echo "xvfb-run is not here, so the tests that need a window system are left out."; \
	fi

test-kernels: ## run the tests of the kernels in an environment of their own, without Qt
	$(MAKE) VENV=.venv-kernels .venv-kernels/.without-qt
	$(ONE_THREAD) .venv-kernels/bin/pytest -n $(WORKERS) --dist worksteal tests/kernels

lint: $(INSTALLED_DEV) ## check style, types, spelling and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos

check: lint test ## all that must hold before a commit

format: $(INSTALLED_DEV) ## put the code into its style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED_DEV) ## measure the speeds, against peers in the same run
	@tools/system-libraries.sh
	$(BIN)/python -m benchmarks

gallery: $(INSTALLED) ## draw every scene that ships into gallery/
	@tools/system-libraries.sh
	$(BIN)/layerscope gallery -o gallery

clean: ## remove all that was made here, the environments too
	rm -rf $(VENV) .venv-kernels build dist gallery *.egg-info layerscope-demo.*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV_MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Layerscope needs Python 3.11 or newer; " \
		"this is %d.%d. Name another: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# pip, because it takes the builds of torch that the machine has; see the pins in pyproject.toml.
$(INSTALLED): $(VENV_MADE) pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(INSTALLED_DEV): $(VENV_MADE) pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $(INSTALLED) $@

$(VENV)/.without-qt: $(INSTALLED_DEV)
	$(BIN)/python -m pip uninstall --yes PySide6-Essentials shiboken6 pyqtgraph vispy pytest-qt
	@touch $@
