# What a developer does daily. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# One process a core; each takes whole groups of tests (conftest.py) in the order they are collected in.
IN_PARALLEL := -n auto --dist loadgroup --no-loadscope-reorder --durations 20

MEASUREMENTS := backtest_speed custom_rule_speed sweep_speed forecast_speed api_speed page_speed scaling_curves

.PHONY: help install install-dev run test test-fast test-engine deploy-test docker-test lint format shell bench \
  fuzz faults load soak lock audit image screenshots client client-models

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: .venv/.installed ## Make .venv and install what `make run` needs

install-dev: .venv/.installed-dev

run: install ## Start everything on http://localhost:8000 (PORT=8001 moves it); Ctrl-C stops it
	@LOCAL_USER=$${LOCAL_USER:-True} $(BIN)/python -m site_config.server.run

test: install-dev ## Run every check and every test, browser tests included
	@$(MAKE) --no-print-directory --jobs 2 lint deploy-test
	@deploy/bootstrap/chromium.sh
	@deploy/bootstrap/redis-server.sh
	@deploy/bootstrap/haproxy.sh
	@$(BIN)/python manage.py warm_kernels
	$(BIN)/python -m pytest $(IN_PARALLEL) --cov --cov-report=term:skip-covered

test-fast: install-dev ## Run the tests beside the code: no browser, no whole site, 30 examples of each property
	@$(BIN)/python manage.py warm_kernels
	EXAMPLES=30 FUZZ_EXAMPLES=30 $(BIN)/python -m pytest $(IN_PARALLEL) --hypothesis-profile fast -m "not browser and not site"

deploy-test: .venv-deploy/.installed ## Test templates, workflows and scripts of deploy/ and .github/
	cd deploy && ../.venv-deploy/bin/python -m pytest -n auto --quiet

docker-test: install-dev ## Run docker-compose.yml for real: needs a Docker engine, a quarter of an hour
	DOCKER_TESTS=True $(BIN)/python -m pytest tests/docker --verbose -s

lint: install-dev ## Check style, types, imports, templates, migrations and production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint --lint --check templates
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lint
	$(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_DEBUG=False LOCAL_USER=False $(BIN)/python manage.py check --deploy --fail-level WARNING

format: install-dev ## Rewrite Python and templates in the house style
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

test-engine: install-dev ## Compare the engine with the slow one on thousands of random runs
	EXAMPLES=5000 $(BIN)/python -m pytest -q strategies/tests/engine/test_against_reference.py strategies/tests/engine/test_properties.py

shell: install ## Open a Python shell with the models loaded
	@$(BIN)/python manage.py shell

bench: install-dev tests/load/.venv/.installed ## Print the measurements of benchmarks/ that need no peers; the others say how to run them
	@for name in $(MEASUREMENTS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

fuzz: install-dev ## Try tens of thousands of inputs on forms, files, the API and the provider's answers
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-10000} $(BIN)/python -m pytest $(IN_PARALLEL) tests/fuzz

faults: install-dev ## Kill, fill and take away what the site stands on, and print what came of it
	$(BIN)/python -m tests.faults

load: tests/load/.venv/.installed install ## Let 200 users tune, read, export and poll for five minutes
	$(BIN)/python -m tests.load

soak: tests/load/.venv/.installed install ## Watch memory, connections and files for twenty minutes
	$(BIN)/python -m tests.load --soak

audit: install-dev ## Look for known holes in the locked packages; needs the network
	@# Strict: where the service of advisories cannot be asked, that is no clean bill.
	@for locked in requirements.txt requirements-dev.txt; do \
	  $(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement $$locked || { \
	    echo "$$locked is not audited, or not clean. The advisories come from the package index itself: no mirror has them."; \
	    exit 1; }; \
	done

tests/load/.venv/.installed: tests/load/requirements.txt
	@python=$$(deploy/bootstrap/find-python.sh) && "$$python" -m venv tests/load/.venv
	@tests/load/.venv/bin/pip install --quiet --requirement tests/load/requirements.txt
	@touch $@

lock: .venv/.uv ## Resolve pyproject.toml anew into requirements*.txt, with hashes
	$(call compile,requirements.txt)
	$(call compile,requirements-dev.txt,--group dev --constraint requirements.txt)
	$(call compile,deploy/requirements.txt,,deploy/requirements.in)

client: install-dev ## Build the wheel of the Python client into clients/python/dist
	$(BIN)/uv build --quiet --wheel --out-dir clients/python/dist clients/python

client-models: install-dev ## Write the Python client's models from the API's own description
	$(BIN)/python -m site_config.openapi_file | $(BIN)/python clients/python/generate_models.py

image: ## Build the container image and print its size and what fills it
	docker compose build
	deploy/image/size

screenshots: install-dev ## Photograph every page into docs/screenshots
	@deploy/bootstrap/chromium.sh
	$(BIN)/python -m tests.screenshots

define compile
$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
  --custom-compile-command "make lock" $(or $(3),pyproject.toml) $(2) --output-file $(1)
endef

.venv/.made:
	@python=$$(deploy/bootstrap/find-python.sh) && echo "Making .venv with $$python" && "$$python" -m venv .venv
	@touch $@

.venv/.installed: requirements.txt | .venv/.made
	@echo "Installing packages (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --quiet --require-hashes --only-binary :all: --requirement requirements.txt
	@deploy/bootstrap/system-libraries.sh $(BIN)/python
	@touch $@

# uv alone, by its own locked hashes: the other packages need not be installable for this.
.venv/.uv: requirements-dev.txt | .venv/.made
	@$(BIN)/python -m pip install --quiet --quiet --require-hashes --requirement \
	  <(awk '/^[a-z]/ {wanted = /^uv==/} wanted && !/^ *#/' requirements-dev.txt)
	@touch $@

# What `make run` needs is part of it. uv takes a third of the time that pip takes; where Python is told to
# write no bytecode, every process of the tests would compile all it imports again, so it is done here.
.venv/.installed-dev: requirements-dev.txt .venv/.uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --only-binary :all: --requirement requirements-dev.txt
	@deploy/bootstrap/system-libraries.sh $(BIN)/python
	@touch .venv/.installed $@

# An environment of its own: what checks deploy/ wants other versions than the product.
.venv-deploy/.installed: deploy/requirements.txt .venv/.installed-dev
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-deploy
	@$(BIN)/uv pip sync --quiet --python .venv-deploy --require-hashes --only-binary :all: deploy/requirements.txt
	@touch $@
