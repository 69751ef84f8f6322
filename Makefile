# Two commands do everything: `make app` and `make test`. The rest is for developers.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8501
READY := .venv/ready

.PHONY: app test check format bench chromium clean

app: $(READY)
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: check chromium
	$(BIN)/pytest -n 2 --dist loadfile

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/codespell

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python -m benchmarks.first_page
	$(BIN)/python -m benchmarks.predict_2048
	$(BIN)/python -m benchmarks.zoo
	$(BIN)/python -m benchmarks.tiled_vs_whole

# The browser tests need Chromium; they say so and skip where it cannot be installed.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "installing Chromium for the browser tests"; \
	  (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 \
	  || echo "Chromium could not be installed: the browser tests will be skipped"; }

# uv installs the same wheels as pip in half a minute; pip stands in where uv cannot.
$(READY): requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) and "GeoSeg needs Python 3.11 or newer, found " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv || true
	if test -x $(BIN)/uv; then \
	  VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install -r requirements-dev.txt -e .; \
	else \
	  $(BIN)/python -m pip install -r requirements-dev.txt -e .; \
	fi
	touch $(READY)

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache
