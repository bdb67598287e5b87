# `make help` lists what there is. `make run` and `make test` do all of their own set-up.

PYTHON ?= python3
VENV ?= .venv
PORTAL = $(VENV)/bin/python manage.py
LOCKS = requirements.txt requirements-model.txt
NODE_CLIENTS = tests/clients/node
AGENTS = tests/clients/agents
OPEN_WEBUI = tests/clients/open_webui
# In some processes more than there are cores. One by itself: make test ARGS="-n0 tests/project/test_names.py"
PYTEST = $(VENV)/bin/python -m pytest -n auto --dist worksteal

# Tests start hundreds of processes, which would all compile the sources again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run dev quick quick-newest test test-long doors fuzz mixed test-clients test-agents test-open-webui test-postgres check bench faults lock messages schema fields pictures format test-matrix sbom
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start the portal with the embedded model; prints a sign-in link
	@$(PYTHON) scripts/install.py $(VENV) $(LOCKS)
	@exec $(PORTAL) start

dev:
	@$(PYTHON) scripts/install.py $(VENV) $(LOCKS) requirements-dev.txt
	@$(PYTHON) scripts/debian_packages.py

quick: dev ## Format, lint, types and the fast tests, for what changed
	@$(VENV)/bin/ruff format -q .
	@$(VENV)/bin/ruff check -q --fix .
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports > /dev/null || $(VENV)/bin/lint-imports
	@$(VENV)/bin/python -m scripts.quick_tests $(ARGS)

test: dev ## Run the tests, all but the long ones; with ARGS those that it names
	@$(PYTEST) $(or $(ARGS),-m "not long")

test-long: dev ## Run those that kill workers, ask the real model, measure or try random input
	@$(PYTEST) -m long $(ARGS)

test-clients: dev $(NODE_CLIENTS)/node_modules/.package-lock.json ## Try real clients of each API, in an environment of their own
	@$(PYTHON) scripts/install.py .venv-clients requirements-clients.txt
	@$(VENV)/bin/python -m scripts.with_portal .venv-clients/bin/python -m pytest \
	  -c tests/clients/pytest.ini --confcutdir=tests/clients tests/clients --ignore $(AGENTS) --ignore $(OPEN_WEBUI) $(ARGS)

test-agents: dev $(AGENTS)/node_modules/.package-lock.json ## Try agents that edit files (they are large)
	@$(PYTHON) scripts/install.py .venv-clients requirements-clients.txt
	@$(PYTHON) scripts/install.py .venv-aider $(AGENTS)/aider.txt
	@$(VENV)/bin/python -m scripts.with_portal .venv-clients/bin/python -m pytest \
	  -c tests/clients/pytest.ini --confcutdir=tests/clients/agents tests/clients/agents $(ARGS)

test-open-webui: dev ## Try Open WebUI (1.7 GB, and not in CI)
	@$(PYTHON) scripts/install.py .venv-open-webui $(OPEN_WEBUI)/requirements.txt
	@$(VENV)/bin/python -m scripts.with_portal $(VENV)/bin/python -m pytest \
	  -c tests/clients/pytest.ini --confcutdir=$(OPEN_WEBUI) $(OPEN_WEBUI) $(ARGS)

doors: dev ## Try 300,000 random answers and requests between every door and wire format
	@DOORS_CASES=$(or $(CASES),12500) $(PYTEST) --timeout 3000 tests/doors/pairs $(ARGS)

fuzz: dev ## Try 20,000 random queries between the dialects of four databases; CASES=…, SEED=…
	@FUZZ_CASES=$(or $(CASES),20000) FUZZ_SEED=$(or $(SEED),0) $(VENV)/bin/python -m pytest -n0 \
	  --timeout 0 tests/queryexpr/engines/fuzz $(ARGS)

mixed: dev ## Make 10,000 mixed calls while workers, Redis and the database fail; CALLS=…, SEED=…
	@MIXED_CALLS=$(or $(CALLS),10000) MIXED_SEED=$(or $(SEED),0) $(VENV)/bin/python -m pytest -n0 -s \
	  tests/ledger/mixed $(ARGS)

test-postgres: dev ## Run it on a Postgres that is thrown away afterwards
	@$(VENV)/bin/python scripts/with_postgres.py $(PYTEST) --reuse-db $(or $(ARGS),-m "not long")

check: dev node_modules/.package-lock.json ## Lint, types, migrations and documents
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports
	@npx --no-install biome ci --error-on-warnings .
	@$(VENV)/bin/djade --target-version 5.2 --check $$(find templates -name '*.html')
	@$(VENV)/bin/python -m pytest -q $(addprefix tests/project/test_,$(addsuffix .py,docs links generated layers migrations))

# The linter of the pages' scripts, and the clients for Node. npm writes these files last.
node_modules/.package-lock.json: package.json package-lock.json
$(NODE_CLIENTS)/node_modules/.package-lock.json: $(addprefix $(NODE_CLIENTS)/,package.json package-lock.json)
$(AGENTS)/node_modules/.package-lock.json: $(addprefix $(AGENTS)/,package.json package-lock.json)
node_modules/.package-lock.json $(addsuffix /node_modules/.package-lock.json,$(NODE_CLIENTS) $(AGENTS)): | dev
	@npm ci --silent --ignore-scripts --no-audit --no-fund --prefix $(@D)/..
	@touch $@

bench: dev ## Measure the portal beside other gateways; QUICK=1: in four minutes
	@$(VENV)/bin/python -m bench $(if $(QUICK),--quick) $(ARGS)

faults: dev ## Try what is promised when something fails; REPEAT=100: is anything left of it?
	@$(VENV)/bin/python -m faults $(if $(REPEAT),--repeat $(REPEAT)) $(ARGS)

format: dev node_modules/.package-lock.json ## Format the code
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .
	@npx --no-install biome check --write .
	@$(VENV)/bin/djade --target-version 5.2 $$(find templates -name '*.html')

# From the locks: all packages that an installed portal has, on any Python, with their hashes.
sbom: ## Write the bill of materials, sbom.cdx.json (CycloneDX)
	@$(PYTHON) scripts/install.py .venv-sbom deploy/sbom.txt
	@cat $(LOCKS) | .venv-sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml \
	  --output-reproducible -o sbom.cdx.json -
	@echo "· Wrote sbom.cdx.json"

pictures: dev ## Take the pictures of the pages, docs/pictures/
	@$(VENV)/bin/python -m scripts.pictures

schema: ## Write models.schema.json again
	@SECRET_KEY=unused $(PORTAL) models schema > models.schema.new && mv models.schema.new models.schema.json

fields: ## Write docs/fields.md again
	@$(VENV)/bin/python -c "from doors.tables import page; print(page(), end='')" > fields.new && mv fields.new docs/fields.md

# The newest Django needs Python 3.12; the floor, 5.2, runs on 3.11. One lock serves all of them.
test-matrix quick-newest: export PYENV_VERSION = $(shell pyenv versions --bare 2>/dev/null | paste -sd:)
test-matrix: ## Run every test on Python 3.11, 3.12 and 3.13
	@for version in 3.11 3.12 3.13; do \
	  $(MAKE) --no-print-directory test ARGS=tests PYTHON=python$$version VENV=.venv-$$version || exit 1; done

quick-newest: ## Run the fast tests on Python 3.13 with the newest Django, but most of those of SQL
	@if python3.13 --version > /dev/null 2>&1; then \
	  python3.13 scripts/install.py .venv-3.13 requirements.txt requirements-dev.txt && \
	  .venv-3.13/bin/python -m scripts.quick_tests --all $(addprefix --deselect tests/queryexpr/,engines rows test_dialect test_r); \
	else echo "Python 3.13 is not installed: its tests were skipped."; fi

# Complete, with hashes, without addresses; one file for all Pythons, by markers.
UV = $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
messages: dev ## Collect the texts of pages and scripts into locale/, and compile them
	@for domain in django djangojs; do SECRET_KEY=unused $(PORTAL) makemessages -v0 -d $$domain -l de --no-obsolete --no-wrap \
	  --add-location file $(addprefix -i ,".venv*" node_modules tests bench var build); done
	@SECRET_KEY=unused $(PORTAL) compilemessages -v0 -l de

lock: dev ## Lock the dependencies again (needs a network)
	@$(VENV)/bin/pip -q install uv
	@$(UV) --extra local pyproject.toml -o requirements.txt
	@$(UV) --extra local --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@$(UV) requirements-clients.in -o requirements-clients.txt
	@$(UV) $(AGENTS)/aider.in -o $(AGENTS)/aider.txt
	@$(UV) --override $(OPEN_WEBUI)/without.txt $(OPEN_WEBUI)/requirements.in -o $(OPEN_WEBUI)/requirements.txt
	@$(UV) --no-deps requirements-model.in -o requirements-model.txt
	@$(UV) deploy/sbom.in -o deploy/sbom.txt
