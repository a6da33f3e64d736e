# Everything a new machine needs is set up by the targets themselves: Python 3.11+, Java 17+ and a network are enough.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/dev.lock
READY := $(VENV)/.ready
REAL := ../shared/data
DEMO := demo
CLIENT := .venv-client
SCHEDULERS := .venv-orchestrators
PAGES := .venv-docs
LAB := .venv-notebook
WEB := sharing/portal/web
SHOTS ?= $(or $(TMPDIR),/tmp)/lakeward-screenshots

.PHONY: help setup setup-s3 demo notebook site screenshots front-end sql-console client sharing-connector orchestrators test fuzz cluster-up test-cluster faults cluster-down gx-cases histories docs docs-tool docs-site check bench bench-lake bench-quality bench-cluster bench-sharing test-cluster-all logstore dist lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make .venv with lakeward in it, fetch Spark's JARs; does nothing when nothing changed
	@$(BIN)/lakeward setup >/dev/null || $(BIN)/lakeward doctor

setup-s3: setup ## fetch also what Spark needs for S3 stores
	$(BIN)/lakeward setup --s3

$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "lakeward needs Python 3.11 or newer: make setup PYTHON=python3.11"; exit 1; }
	@bash requirements/java.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "the first set-up takes some minutes: about 100 packages, then Spark's JARs"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/lakeward setup
	@touch $@

demo: setup ## run the main job end to end: on the agencies' files where they are, else on made ones
	@set -eo pipefail; \
	if [ -d $(REAL) ]; then landing=$(REAL); else landing=$(DEMO)/landing; \
	$(BIN)/lakeward sample $$landing gold.road_safety_weather | sed '/^next:/d'; fi; \
	$(BIN)/lakeward run gold.road_safety_weather --landing $$landing --lake $(DEMO)/lake; \
	$(BIN)/lakeward show gold.road_safety_weather --lake $(DEMO)/lake; \
	echo; echo "The lake lies in $(DEMO)/lake, the release in $(DEMO)/lake/published/road_safety_weather."; \
	echo "Next: $(BIN)/lakeward ls --lake $(DEMO)/lake"

$(LAB)/.ready: requirements/notebook.lock $(READY)
	test -x $(LAB)/bin/python || $(PYTHON) -m venv $(LAB)
	$(LAB)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/notebook.lock
	$(BIN)/python -m ipykernel install --prefix $(LAB) --name python3 --display-name lakeward >/dev/null
	@touch $@

# LAKEWARD_LAKE is the lake that the notebooks read; where it is not set, the demo's, with every table that is not in it yet.
notebook: $(LAB)/.ready setup ## start JupyterLab on the notebooks; open one by "Open With > Notebook"
	@set -eo pipefail; lake=$${LAKEWARD_LAKE:-$(CURDIR)/$(DEMO)/lake}; \
	case $$lake in *://*|/*) ;; *) lake=$(CURDIR)/$$lake;; esac; \
	if [ -z "$$LAKEWARD_LAKE" ]; then \
	if [ -d $(REAL) ]; then landing=$(REAL); else landing=$(DEMO)/landing; $(BIN)/lakeward sample $$landing | sed '/^next:/d'; fi; \
	$(BIN)/lakeward run --landing $$landing --lake $$lake || [ $$? -eq 65 ]; fi; \
	LAKEWARD_LAKE=$$lake PATH=$(CURDIR)/$(BIN):$$PATH $(LAB)/bin/jupyter lab --notebook-dir notebooks $(LAB_OPTIONS)

site: setup ## build the portal of the demo lake, which is made first where there is none
	@test -d $(DEMO)/lake/published || $(MAKE) --no-print-directory demo
	$(BIN)/lakeward site --lake $(DEMO)/lake --to $(DEMO)/site

screenshots: site ## take pictures of the portal's pages with Chromium, to be looked at; they go to SHOTS, outside the tree
	$(BIN)/python tests/sharing/portal/rig/screenshots.py $(DEMO)/site $(SHOTS)

$(WEB)/node_modules: $(WEB)/package-lock.json
	npm ci --prefix $(WEB) --no-audit --no-fund --ignore-scripts
	@touch $@

front-end: $(WEB)/node_modules ## make what the portal takes from npm again (docs/decisions/0012-front-end.md)
	npm run --prefix $(WEB) parquet

sql-console: $(WEB)/node_modules ## put DuckDB for browsers into $(WEB)/build, for `lakeward site --sql-console`
	npm run --prefix $(WEB) console

$(CLIENT)/.ready: requirements/client.lock
	test -x $(CLIENT)/bin/python || $(PYTHON) -m venv $(CLIENT)
	$(CLIENT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/client.lock
	@touch $@

client: $(CLIENT)/.ready ## give the official Delta Sharing client an environment, for tests that read shares with it

# With DELTA and DELTA_SHARING, git clones of delta-io/delta and delta-io/delta-sharing, it is built from them.
sharing-connector: setup ## bring Spark's Delta Sharing connector, for tests that read shares with it
	$(BIN)/python tests/sharing/server/rig/connector.py $(if $(DELTA),--delta $(DELTA)) $(if $(DELTA_SHARING),--delta-sharing $(DELTA_SHARING))

$(SCHEDULERS)/%/.ready: requirements/%.lock $(READY)
	test -x $(SCHEDULERS)/$*/bin/python || $(PYTHON) -m venv $(SCHEDULERS)/$*
	$(SCHEDULERS)/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.lock
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$($(SCHEDULERS)/$*/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/behind.pth"
	@touch $@

orchestrators: $(SCHEDULERS)/dagster/.ready $(SCHEDULERS)/airflow/.ready ## give Dagster and Airflow environments, for tests that schedule runs with them

# Two processes, each with a JVM, take files in turn; see tests/conftest.py for what stays together.
test: setup ## pass the tests
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder --ignore=tests/cluster

cluster-up: setup-s3 ## start Ceph (3 OSDs, S3 gateway) and Spark (a master, 2 workers) on the loopback
	$(BIN)/python deploy/ceph-dev up
	$(BIN)/python deploy/ceph-dev spark-up

test-cluster: setup ## pass the tests that need the cluster
	$(BIN)/python -m pytest tests/cluster

faults: cluster-up ## let 1,000 seeded faults happen on the cluster; the table goes to docs/reliability.md; SEED=n repeats one
	eval "$$($(BIN)/python deploy/ceph-dev env)"; \
	$(BIN)/python tests/faults --seed $${SEED:-$$RANDOM} --faults $(or $(FAULTS),1000) --page docs/reliability.md

cluster-down: ## stop the cluster; its data stay until `python deploy/ceph-dev destroy`
	$(BIN)/python deploy/ceph-dev spark-down
	$(BIN)/python deploy/ceph-dev down

gx-cases: setup ## hold 20,000 random cases against Great Expectations; SEED=n repeats a run
	seed=$${SEED:-$$RANDOM}; echo "seed $$seed"; \
	LAKEWARD_GX_CASES=20000 LAKEWARD_GX_SEED=$$seed $(BIN)/python -m pytest tests/quality/test_against_gx.py -k numbers

histories: setup ## hold 1,000 random histories of parts made again against all made anew; SEED=n repeats a run
	seed=$${SEED:-$$RANDOM}; echo "seed $$seed"; \
	LAKEWARD_HISTORIES=1000 LAKEWARD_HISTORIES_SEED=$$seed $(BIN)/python -m pytest -n 2 tests/jobs/test_touched_parts.py -k history

fuzz: setup ## ask the sharing server 10,000 random things
	LAKEWARD_FUZZ=10000 $(BIN)/python -m pytest tests/sharing/server/test_fuzz.py

docs: setup ## make the pages that come from the code
	$(BIN)/python -m lakeward.quality.language > docs/expectations.md

$(PAGES)/.ready: requirements/docs.lock
	test -x $(PAGES)/bin/python || $(PYTHON) -m venv $(PAGES)
	$(PAGES)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.lock
	@touch $@

docs-tool: $(PAGES)/.ready ## give the tool that builds the docs' pages an environment

docs-site: setup docs-tool ## build the docs as a site in English and Chinese; a link that leads nowhere is an error
	rm -rf docs-site
	$(BIN)/python docs/site --to docs-site

check: setup ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests
	$(BIN)/mypy deploy/ceph-dev
	$(BIN)/mypy docs/site

bench: setup ## lakeward beside the same work by hand; TURNS=n, ROWS=n, DLT=python, results go to LAKEWARD_BENCH_DIR, outside the tree
	$(BIN)/python benchmarks/session.py $(if $(TURNS),--repetitions $(TURNS))
	$(BIN)/python benchmarks/ingest.py --landing $(REAL) $(if $(TURNS),--turns $(TURNS)) $(if $(DLT),--dlt $(DLT))
	$(BIN)/python benchmarks/ten_tables.py --landing $(REAL) $(if $(TURNS),--turns $(TURNS))
	$(BIN)/python benchmarks/repeated.py
	$(BIN)/python benchmarks/parts.py $(if $(TURNS),--turns $(TURNS))
	$(BIN)/python benchmarks/many_small.py $(if $(TURNS),--turns $(TURNS))
	$(BIN)/python benchmarks/thousand.py $(if $(COUNT),--count $(COUNT))
	$(BIN)/python benchmarks/merge.py --by-hand $(if $(ROWS),--rows $(ROWS)) $(if $(TURNS),--turns $(TURNS))

bench-lake: setup ## the whole run: time, memory of all its processes, seconds a domain; fails above 4 GiB
	$(BIN)/python benchmarks/whole_lake.py --landing $(REAL)

bench-quality: setup ## what checking costs beside Great Expectations, cuallee and the bare write
	$(BIN)/python benchmarks/quality.py $(if $(ROWS),--rows $(ROWS))
	$(BIN)/python benchmarks/whole_job.py

bench-cluster: setup ## the main job on a folder, on Ceph, with one worker and with two; needs cluster-up
	$(BIN)/python benchmarks/cluster.py --landing $(REAL)

test-cluster-all: setup ## every gold table on Ceph and two workers, its rows held against a folder's; needs cluster-up
	$(BIN)/python benchmarks/cluster.py 'gold.*' --landing $(REAL) --ways folder "2 workers"

bench-sharing: setup ## 200 recipients at once query a table of 1,000 files; fails when the server's memory grows
	$(BIN)/python benchmarks/sharing.py

logstore: setup ## build the Java class that commits to S3 stores (needs a JDK)
	$(BIN)/python -m lakeward.lake.logstore

dist: logstore ## make the wheel and dist/lakeward.zip for Spark's executors
	rm -rf dist
	$(BIN)/python -m hatchling build --target wheel
	cp dist/lakeward-*.whl dist/lakeward.zip

lock: ## resolve the requirements again, pinned with hashes and without a registry's address
	$(BIN)/python -m pip install --quiet uv
	for each in dev client docs notebook dagster airflow; do \
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header requirements/$$each.in -o requirements/$$each.lock; done

clean: ## remove what the targets made
	rm -rf $(VENV) $(CLIENT) $(PAGES) $(LAB) $(SCHEDULERS) $(DEMO) dist docs-site
