# Two commands: `make demo` and `make test`. Each sets itself up; Python 3.11 or newer and make suffice.
# `make neo4j` needs Java 17 or newer too, and the first time Maven.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= demo
NEO4J_FOLDER ?= .neo4j
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo neo4j neo4j-stop test check format clean wheel
help:
	@echo "make demo    build the graph of seeds/ and show what it says"
	@echo "make neo4j   start Neo4j with Browser here, with that graph and a guide; make neo4j-stop ends it"
	@echo "make test    run every test"
	@echo "make check   ruff and mypy --strict"
	@echo "make wheel   build the wheel into dist/"
	@echo "make clean   remove what the others made"

# One stamp a set of packages: it is stale when the project's dependencies change.
$(VENV)/.run: pyproject.toml constraints.txt
	@test -x $(BIN)/python || { echo "Setting up $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PIP) install -c constraints.txt -e ".[test,dev]"
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/kg demo -o $(DEMO)

neo4j: $(VENV)/.run
	@test -f $(DEMO)/manifest.json || $(BIN)/kg demo -o $(DEMO) > /dev/null
	@$(BIN)/kg neo4j start $(DEMO) --home $(NEO4J_FOLDER) --ends-with "make neo4j-stop"

neo4j-stop: $(VENV)/.run
	@$(BIN)/kg neo4j stop --home $(NEO4J_FOLDER)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	@test ! -d $(NEO4J_FOLDER) || test ! -x $(BIN)/kg || $(BIN)/kg neo4j stop --home $(NEO4J_FOLDER)
	rm -rf $(VENV) $(DEMO) $(NEO4J_FOLDER) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
