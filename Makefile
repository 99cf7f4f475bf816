# The two commands of the README, and those of whoever works on the project.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
.DEFAULT_GOAL := demo
.PHONY: demo test lint types notebooks wheel bench compare model clean

# Make the environment, install, and match an example client to a shipped snapshot.
demo: $(VENV)/core
	$(BIN)/wor-match match catalogues/nijmegen/examples/vb01.json --catalogue catalogues/nijmegen/catalogue.jsonl --as-of 2026-11-16 --limit 5

# Make the environment and pass the tests.
test: $(VENV)/dev
	$(BIN)/pytest -n auto

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

notebooks: $(VENV)/dev
	$(BIN)/pytest --nbmake --nbmake-timeout=300 -p no:xdist -o addopts="" notebooks

bench: $(VENV)/dev
	$(BIN)/python benchmarks/latency.py

compare: $(VENV)/dev
	$(BIN)/python benchmarks/compare.py

# Make the bundled model again, from the weights of others to the figures of the model card.
model: $(VENV)/dev
	$(BIN)/pip install --quiet torch==2.13.0 -e '.[sentence-transformers]'
	$(BIN)/python -m models.workshop

$(VENV)/core: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e .
	touch $@

$(VENV)/dev: $(VENV)/core
	$(BIN)/pip install --quiet -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) dist build
