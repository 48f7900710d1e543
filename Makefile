# Two commands are all a new user needs: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: run test serve check lock samples clean

run: .venv/ready          ## set up, then process data/samples/docs
	@$(BIN)/ledgerline run data/samples/docs

test: .venv/ready         ## set up, then check and test everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

serve: .venv/ready        ## Prefect server, worker and deployments on this machine
	$(BIN)/ledgerline serve

# uv installs in seconds what takes pip a minute; where uv cannot be had or reach the index, pip does the same.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))" || { echo "Ledgerline needs Python 3.11 or 3.12: install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	@echo "Installing what requirements.lock names (about ten seconds with uv, a minute with pip) ..."
	@$(BIN)/pip install -q --disable-pip-version-check uv || true
	@if $(BIN)/uv pip sync -q --python $(BIN)/python requirements.lock; then \
		$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
		$(BIN)/pip install -q --disable-pip-version-check -r requirements.lock && $(BIN)/pip install -q --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@

lock:                     ## resolve pyproject.toml anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
		--group dev --extra dask pyproject.toml -o requirements.lock --custom-compile-command "make lock"

samples: .venv/ready      ## make data/samples anew, byte for byte
	$(BIN)/python -m data.generator

clean:
	rm -rf .venv build *.egg-info data/store
