# Two commands: `make demo` shows the whole line on the sample case files, `make test` is all that CI runs.
# Both set the machine up by themselves; run again, they find everything in place.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test setup lint unit lock clean

demo: setup
	$(BIN)/python -m samples.demo

test: lint unit

setup:
	@tools/setup $(PYTHON) $(VENV)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lock: setup
	tools/lock $(VENV)

clean:
	rm -rf $(VENV) demo-home build dist *.egg-info
