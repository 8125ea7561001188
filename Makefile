# Every target is one line; CI and pre-commit run these and nothing else.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run format lint types unit check test bench soak chart cluster-test browser screenshots docs image sbom lock schemas clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(VENV) $(BIN)/uv
COMPILE := $(UV) pip compile -q --universal --generate-hashes --upgrade --no-header
LOCK := $(COMPILE) pyproject.toml
ARGS ?=
MINUTES ?= 10

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## the whole product on this machine: broker, simulator, gateway, echo bot (ARGS="--kafka HOST:PORT")
	@exec $(BIN)/viber-gateway dev $(ARGS)

format: $(VENV)/dev.stamp ## format the code and mend what lint can mend
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

lint: $(VENV)/dev.stamp ## style, spelling, the direction of imports, and Dockerfiles
	@$(BIN)/ruff format -q --check . && $(BIN)/ruff check -q . && $(BIN)/lint-imports && $(BIN)/codespell && $(BIN)/hadolint deploy/Dockerfile tests/docker/*/Dockerfile

types: $(VENV)/dev.stamp ## mypy, strict, over code and tests
	@$(BIN)/mypy --no-error-summary

unit: $(VENV)/dev.stamp ## unit and contract tests, with full branch coverage of the core
	@$(BIN)/coverage run -m pytest -q tests/unit tests/contract $(ARGS) && $(BIN)/coverage report

check: lint types unit ## the fast part, before each commit

test: check ## everything: the fast part, then the simulator, real Kafka, end to end, chaos, chart, browser
	@$(BIN)/pytest --ignore tests/unit --ignore tests/contract --ignore tests/docker $(ARGS)

bench: $(VENV)/dev.stamp ## measure; prints figures, asserts none (ARGS="--help")
	@$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/dev.stamp ## traffic with faults for MINUTES=10; fails when anything is lost, late or grows
	@$(BIN)/python -m bench soak --minutes $(MINUTES)

chart: $(VENV)/dev.stamp ## check the Helm chart
	@$(BIN)/pytest tests/chart $(ARGS)

cluster-test: $(VENV)/dev.stamp ## try the chart on the Kubernetes that KUBECONFIG names, in a namespace of its own
	@TEST_CLUSTER=1 $(BIN)/pytest tests/chart/cluster $(ARGS)

browser: $(VENV)/dev.stamp ## try the chat page in Chromium
	@$(BIN)/pytest tests/browser $(ARGS)

docs: $(VENV)/dev.stamp ## build the site of documents in build/docs; a link that leads nowhere is a fault
	@$(BIN)/sphinx-build -q -E -W --keep-going -n -c docs . build/docs && echo "build/docs/index.html"

screenshots: $(VENV)/dev.stamp ## take the pictures of the documentation, into docs/images
	@SCREENSHOTS=1 $(BIN)/pytest tests/browser/test_pictures.py $(ARGS)

image: ## build the container image viber-gateway:dev
	@docker build --build-arg REVISION=$$(git describe --always --dirty --exclude '*' --abbrev=40) $(ARGS) -t viber-gateway:dev -f deploy/Dockerfile .

sbom: ## print what is in the image viber-gateway:dev, and under which licences (CycloneDX)
	@docker run --rm --entrypoint cat viber-gateway:dev /usr/share/doc/viber-gateway/sbom.cdx.json

lock: $(BIN)/uv ## resolve the dependencies anew and write requirements/*.txt
	@$(LOCK) --all-extras -o requirements/run.txt && $(LOCK) --all-extras --group dev -c requirements/run.txt -o requirements/dev.txt && $(LOCK) --extra tracing -c requirements/run.txt -o requirements/image.txt && $(COMPILE) --group sbom -o requirements/sbom.txt

schemas: $(VENV)/run.stamp ## write schemas/ from the models
	@$(BIN)/viber-gateway schemas

clean: ## remove what was built; caches outside this folder stay
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .import_linter_cache

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "viber-gateway needs Python 3.11 or newer as '$(PYTHON)'; name another with: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check 'uv>=0.8,<1' || { echo "uv could not be installed: is a package registry within reach?" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: pyproject.toml requirements/run.txt | $(BIN)/uv
	@$(UV) pip install -q --require-hashes -r requirements/run.txt && $(UV) pip install -q --no-deps -e . && touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@$(UV) pip install -q --require-hashes -r requirements/dev.txt && touch $@
