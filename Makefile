# Each target sets up by itself what it needs: virtual environment, locked packages, catalogues, database, starting data.
# `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := list
.PHONY: list run test fix words bench fuzz faults lock environment catalogues data loaded machine

PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
CATALOGUE := translations/ja/LC_MESSAGES/messages
POSTGRES := $(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/initdb)))
# The tests start the program some fifty times: it is compiled once.
unexport PYTHONDONTWRITEBYTECODE
export HOST ?= 127.0.0.1
export PORT ?= 8000

list:
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

run: data ## serve the registries of Japan and Mongolia, or the one that REGISTRY names; HOST, PORT and DATABASE_URL
	@ANNOUNCE=yes exec $(BIN)/gunicorn --log-level warning wsgi:app

test: environment machine catalogues ## everything that must hold: format, lint, types, layers, templates, translations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet app/templates
	$(BIN)/pytest -n 3 --dist worksteal --durations=15

fix: environment ## format, and repair what a tool can repair
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

words: environment ## collect the interface wording into the catalogues and compile them
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --project="JCM Registry" --copyright-holder="" \
	  -k _l -k lazy_gettext -o .venv/messages.pot .
	$(BIN)/pybabel -q update -i .venv/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d translations --statistics

bench: environment machine catalogues ## measure speed against a floor of the same run, and print the table; REGISTRY
	$(BIN)/python -m tests.benchmarks

fuzz: environment catalogues ## ask the API at random for ten minutes (DURATION=60 for one)
	$(BIN)/python -m tests.fuzzing $(or $(DURATION),600)

faults: environment machine catalogues ## 1,000 transfers between two servers under faults and 100 kills, on each pair of engines
	FAULTS=all $(BIN)/pytest -n 0 tests/test_exchange_faults.py

lock: environment # after a change of the dependencies in pyproject.toml; UPGRADE=--upgrade takes the newest releases
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt $(LOCK) -o requirements-dev.txt

# Hashes and versions only: where packages come from is the business of the machine that installs them.
LOCK = --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-annotate --no-header $(UPGRADE)

# The databases in instance/ are left alone while nothing they are made from is newer; others are always looked at.
OWN := $(if $(DATABASE_URL)$(MN_DATABASE_URL)$(INSTANCE_DIR),,yes)
BOTH := $(and $(wildcard instance/registry.sqlite),$(wildcard instance/registries/mn/registry.sqlite))
data: .venv/runs catalogues $(if $(and $(OWN),$(BOTH)),instance/ready,loaded)

MADE_FROM := migrations/versions/*.py app/data/*.csv app/data/registries/*/* app/registry/*.py app/store/*.py
instance/ready: $(wildcard $(MADE_FROM)) | .venv/runs
	@$(MAKE) loaded

loaded: .venv/runs
	@REGISTRY=JP $(FLASK) registry add MN >/dev/null
	@REGISTRY=JP $(FLASK) registry each -- db upgrade
	@REGISTRY=JP $(FLASK) registry each -- load
	$(if $(OWN),@touch instance/ready)

environment: .venv/works

catalogues: $(CATALOGUE).mo

$(CATALOGUE).mo: $(CATALOGUE).po | .venv/runs
	$(BIN)/pybabel -q compile -d translations

machine:
	$(if $(POSTGRES),,.ci/packages postgresql)
	@command -v chromium-headless-shell >/dev/null || .ci/packages chromium-headless-shell
	@command -v soffice >/dev/null || .ci/packages libreoffice-calc-nogui

# The two files below stand for "these locked packages are installed".
.venv/runs: requirements.txt | $(BIN)/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/works: requirements-dev.txt | $(BIN)/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/runs

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.x")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/packages python3-venv
	$(PYTHON) -m venv .venv
