# Dorsale: `make help` lists what can be done. Everything is set up by itself, in .venv and dashboards/node_modules.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHROMIUM := $(VENV)/.chromium
SCALE ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup build warehouse site serve verify release dev demo start onboard template mirror report privacy test test-long test-faults test-every-page bench bench-reading bench-identity fuzz check format docs lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(READY) ## Set up the virtual environment from the lock

build: $(READY) ## Drop folder to published tables and site (AS_OF=2026-03-31: as it could be known that day)
	@$(BIN)/dorsale build

warehouse: $(READY) ## All but the site
	@$(BIN)/dorsale build --no-site

site: $(READY) ## The site alone, from what is published
	@$(BIN)/dorsale site

serve: $(READY) ## Look at the site in a browser
	@$(BIN)/dorsale serve

verify: $(READY) ## Look whether archive, journal, tables and releases are what they were
	@$(BIN)/dorsale verify

release: $(READY) ## Freeze the preview as the public release of today: make release BECAUSE="..."
	@test -n "$(BECAUSE)" || { echo 'Say why: make release BECAUSE="first quarter of 2026"'; exit 2; }
	@$(BIN)/dorsale release --because "$(BECAUSE)"

dev: $(READY) ## Open Dagster's UI on the same graph
	@$(BIN)/dorsale dev

demo: $(READY) ## Write the demonstration partners' files again (SCALE=10 for ten times the families)
	@$(BIN)/dorsale demo --scale $(SCALE)

start: $(READY) ## Start for real: the demonstration goes, an empty initiative is asked for (ARGS="--yes" takes the defaults)
	@$(BIN)/dorsale start $(ARGS)

onboard: $(READY) ## Propose a partner's agreement from its own files: make onboard AGENCY=... FILES="a.csv b.xlsx" (ARGS="--yes")
	@test -n "$(AGENCY)" -a -n "$(FILES)" || { echo 'Say who and from what: make onboard AGENCY=clinic FILES="visits_2026-03.csv"'; exit 2; }
	@$(BIN)/dorsale onboard "$(AGENCY)" $(FILES) $(ARGS)

template: $(READY) ## Write the blank workbook that a partner fills in: make template AGENCY=... (MONTH=2026-03)
	@$(BIN)/dorsale template "$(AGENCY)" $(if $(MONTH),--month "$(MONTH)")

mirror: $(READY) ## Write a partner's own figures beside the region's, for the partner alone: make mirror AGENCY=...
	@$(BIN)/dorsale mirror "$(AGENCY)"

report: $(READY) ## Fill a funder's own form from what is published: make report FUNDER=... (YEAR=2025-2026)
	@test -n "$(FUNDER)" || { echo 'Say whose: make report FUNDER=northern_family_fund'; exit 2; }
	@$(BIN)/dorsale report "$(FUNDER)" $(if $(YEAR),--year "$(YEAR)")

privacy: $(READY) ## Write the privacy officer's inventory, with the proof of the release
	@$(BIN)/dorsale privacy

test: $(READY) $(CHROMIUM) ## All tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-long: $(READY) $(CHROMIUM) ## The tests that take minutes: an initiative from nothing on, with its site
	@$(BIN)/python -m pytest -m long

test-faults: $(READY) ## Builds that are killed, find no space, race, and files that are damaged, by the hundred (two hours on one core)
	@$(BIN)/python -m pytest -n 2 -m 'faults or not faults' tests/integration/test_nothing_lost.py tests/integration/test_same_every_time.py

test-every-page: $(READY) $(CHROMIUM) ## Every page of the site is for everyone; screenshots of each kind stay in test-artefacts/
	@mkdir -p test-artefacts
	@DORSALE_SCREENSHOTS=$(CURDIR)/test-artefacts $(BIN)/python -m pytest -n 2 -m 'every_page or not every_page' \
		tests/integration/test_site_for_everyone.py

bench: $(READY) ## Time builds and their stages against floors; results are kept in docs/benchmarks.md by hand (SCALES="1 10 100")
	@$(BIN)/python -m tests.bench $(SCALES)

bench-reading: $(READY) ## Measure how fast and how truly files are read (CORPUS=folder with csv/ and clean/)
	@$(BIN)/python -m tests.bench_reading $(CORPUS)

bench-identity: $(READY) ## Measure how well and how fast persons are counted once, on FEBRL and a million made-up persons
	@$(BIN)/python -m tests.bench_identity

bench-disclosure: $(READY) ## How long hiding and its proof take on 10,000 and 100,000 cells
	@$(BIN)/python -m tests.bench_disclosure

fuzz: $(READY) ## Ten minutes of random bytes for the readers (SECONDS=60 for less)
	@$(BIN)/python -m tests.fuzz_reading $(SECONDS)

check: $(READY) ## Lint, types and layers
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/sqlfluff lint -q dbt/models dbt/tests

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

docs: $(READY) ## Write the pages of findings in docs/ from expectations/
	@$(BIN)/python -m dagster_project.finding_pages

lock: ## Renew the locks (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-strip-extras --python-version 3.11 -o requirements.lock

clean: $(READY) ## Remove what was made and can be made again
	@$(BIN)/dorsale clean
	@rm -rf dbt/target dashboards/.evidence

# The marker holds the lock's hash, so that a changed lock sets up anew, and a fresh checkout's file times do not.
$(READY): requirements.lock pyproject.toml
	@hash=$$(cat requirements.lock pyproject.toml | sha256sum); \
	if [ "$$(cat $(READY) 2>/dev/null)" = "$$hash" ]; then touch $(READY); else \
	  set -e; \
	  python=$$(command -v $(PYTHON) || command -v python3 || command -v python); \
	  "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Dorsale needs Python 3.11; found $$("$$python" --version). Name one: make build PYTHON=/path/to/python3.11"; exit 1; }; \
	  echo "Setting up Python packages (once, about two minutes) ..."; \
	  test -x $(BIN)/python || "$$python" -m venv $(VENV); \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock; \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .; \
	  $(BIN)/python -m compileall -q -j 2 $(VENV)/lib dagster_project >/dev/null || true; \
	  if [ -d .git ]; then $(BIN)/pre-commit install >/dev/null 2>&1 || true; fi; \
	  echo "$$hash" > $(READY); \
	fi

$(CHROMIUM): $(READY) tests/install_chromium.sh
	@bash tests/install_chromium.sh $(BIN) && touch $(CHROMIUM)
