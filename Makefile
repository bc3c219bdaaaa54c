# The only verbs. Each makes the environment in .venv first, when it is missing or when requirements.lock changed.

.PHONY: help demo up test long lint types docs bench check peer browser format lock
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
ENVIRONMENT := .venv/complete
RUN := .venv/bin
ARGS ?=
PEERS := .peer

help:
	@echo "make demo    a small lab with real recordings, in your browser (ARGS=--check: verify and end)"
	@echo "make up      an installation of your own: database, pages, workers"
	@echo "make test    all tests, in a real browser where there is one"
	@echo "make check   lint, types and tests: what must pass before a change lands"
	@echo "make long | lint | types | docs | bench | peer | format | lock"

demo: $(ENVIRONMENT)
	@$(RUN)/bregma demo $(ARGS)

up: $(ENVIRONMENT)
	@$(RUN)/bregma up $(ARGS)

test: $(ENVIRONMENT) browser
	$(RUN)/pytest --numprocesses=auto $(ARGS)

# What every run does for a few, for everybody: all people of the permission matrix, all sights of the pages.
long: $(ENVIRONMENT) browser
	$(RUN)/pytest --numprocesses=auto -m long $(ARGS)

lint: $(ENVIRONMENT)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/lint-imports

types: $(ENVIRONMENT)
	$(RUN)/mypy

docs: $(ENVIRONMENT)
	$(RUN)/sphinx-build -W --keep-going -b html docs docs/_build/html

bench: $(ENVIRONMENT)
	@for script in benchmarks/*.py benchmarks/brainbox benchmarks/viewer; do $(RUN)/python "$$script" $(ARGS) || exit 1; done

check: lint types test

# The reference client, today's and one of before OpenAPI, and the reference's analyses, in environments of their own:
# never imported by the house.
peer: $(ENVIRONMENT) $(PEERS)/one/complete $(PEERS)/one-legacy/complete $(PEERS)/ibllib/complete
	BREGMA_PEER_ONE=$(CURDIR)/$(PEERS)/one BREGMA_PEER_ONE_LEGACY=$(CURDIR)/$(PEERS)/one-legacy \
		BREGMA_PEER_IBLLIB=$(CURDIR)/$(PEERS)/ibllib $(RUN)/pytest -m peer $(ARGS)

format: $(ENVIRONMENT)
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

lock: $(ENVIRONMENT)
	$(RUN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --all-extras pyproject.toml --output-file requirements.lock

browser:
	@sh tests/install_browser.sh

$(ENVIRONMENT): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "bregma needs Python 3.11 or newer; none was found on the path" >&2; exit 1; }
	@echo "Making the environment in .venv from requirements.lock (two minutes the first time)"
	@$(PYTHON) -m venv $(if $(wildcard .venv/bin/pip),,--clear) .venv
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(PEERS)/one/complete: tests/system/requirements-one-api.lock
$(PEERS)/one-legacy/complete: tests/system/requirements-one-api-legacy.lock
$(PEERS)/ibllib/complete: tests/system/requirements-ibllib.lock
$(PEERS)/%/complete:
	$(PYTHON) -m venv $(PEERS)/$*
	$(PEERS)/$*/bin/python -m pip install --quiet --require-hashes --requirement $<
	@touch $@
