# Everything a person does with the repository. Needs: make and a Python from 3.11 to 3.15.
# Each environment leaves a stamp file, so a second run starts at once.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-code test-cuda test-gpu test-ptx test-wheel test-lowest bench bench-graders bench-gpu peers slurm corpus class lint format models docs catalogue walls clean
MAKEFLAGS += --no-print-directory

PIP_INTO = -m pip $(1) install -qq --disable-pip-version-check --no-warn-script-location
PIP := $(call PIP_INTO,)
ROOT := $(CURDIR)
PACKAGED := $(shell find tracer exercises -type f ! -path '*/__pycache__/*' 2>/dev/null)
say = @echo "-- $(1)"
# As many tests at once as there are processors, two threads of one core counted as two, since many
# tests wait; ARGS="-n 0 --pdb" runs them one by one.
PYTEST := -m pytest -q -n logical --dist worksteal
# Ends with a sentence where there is no card that can be used.
CARD = .venv-cuda/bin/python -c "import sys; from tracer.kernels.cuda.package import trouble; \
	sys.exit(f'no card for this: {trouble()}' if trouble() else 0)"
# Shows what a command says only when it fails.
quietly = @said=$$($(1) 2>&1) || { printf '%s\n' "$$said"; exit 1; }

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/.installed ## set everything up and watch an LSTM read a sentence
	@.venv/bin/tracer demo
	@command -v tracer > /dev/null || printf '%s\n' \
		'  First, once in each terminal, so that it finds tracer:  . .venv/bin/activate' ''

test: lint test-wheel test-code test-cuda ## set everything up and check all of it: style, types, wheel, tests

test-code: .venv/.dev
	$(call say,tests)
	@.venv/bin/python $(PYTEST) $(ARGS)

test-cuda: .venv/.dev ## the kernels for a graphics card, which the processor plays
	$(call say,tests of the kernels for a card in Numba's simulator)
	@NUMBA_ENABLE_CUDASIM=1 .venv/bin/python $(PYTEST) tests/cuda

test-gpu: .venv-cuda/.installed ## the same on the card of this machine (installs numba-cuda first)
	@$(CARD)
	$(call say,tests of the kernels on the card)
	@.venv-cuda/bin/python -m pytest -q -p no:cacheprovider tests/cuda $(ARGS)

test-ptx: .venv-cuda/.installed ## compile every kernel for cards of four kinds; needs none of them
	$(call say,compiling every kernel for sm_75 sm_80 sm_90 sm_100; no number in it may leave the registers)
	@.venv-cuda/bin/python $(PYTEST) -p no:cacheprovider tests/ptx $(ARGS)

bench: .venv-bench/.installed ## speed beside PyTorch, ONNX Runtime and TorchLens (installs them first)
	@.venv-bench/bin/python -m benchmarks.side_by_side $(ARGS)

bench-graders: .venv-graders/.installed ## graded submissions a second beside nbgrader and otter (installs them first)
	@.venv-graders/bin/python -m benchmarks.graders $(ARGS)

bench-gpu: .venv-cuda/.installed ## speed on the card, beside PyTorch's cuDNN (installs PyTorch first)
	@$(CARD)
	@$(MAKE) .venv-cuda/.torch
	@.venv-cuda/bin/python -m benchmarks.gpu $(ARGS)

test-wheel: .venv-wheel/.installed
	$(call say,tests of the installed wheel)
	@mkdir -p build/empty
	@cd build/empty && "$(ROOT)/.venv-wheel/bin/python" -I $(PYTEST) -p no:cacheprovider \
		-c "$(ROOT)/pyproject.toml" --rootdir "$(ROOT)" "$(ROOT)/tests/wheel"

test-lowest: .venv-lowest/.installed ## the tests with the lowest versions that pyproject.toml allows
	$(call say,tests with $(shell tr '\n' ' ' < .venv-lowest/lowest.txt 2>/dev/null))
	@.venv-lowest/bin/python $(PYTEST) -p no:cacheprovider tests/core tests/view tests/grading tests/training $(ARGS)

peers: .venv-peers/.installed ## compare with PyTorch 2.13.0 (installs it first)
	$(call say,tests against PyTorch)
	@.venv-peers/bin/python $(PYTEST) -p no:cacheprovider tests/peers

slurm: .venv-slurm/.installed ## grade on a real Slurm, which is started here (as root; needs slurm-wlm and munge)
	@command -v slurmctld slurmd munged sbatch > /dev/null || { echo "install slurm-wlm and munge first"; exit 1; }
	$(call say,a class on the jobs of a Slurm of one machine)
	@.venv-slurm/bin/python -m pytest -q -p no:cacheprovider tests/slurm $(ARGS)

corpus: .venv/.dev ## grade a thousand right answers and each known mistake; takes long
	@.venv/bin/tracer dev check --report
	$(call say,each mistake of the list by its numbers alone)
	@TRACER_EVERY=1 .venv/bin/python $(PYTEST) tests/mistakes/test_catalogue_named.py \
		tests/corpus/test_own_mistakes.py tests/mistakes/test_attempt.py \
		tests/exercises/test_graded_courses.py tests/core/test_compiled_cells.py \
		tests/grading/test_check_in_python.py tests/grading/test_report_json.py

class: .venv/.dev ## grade a class of 1,000, killed again and again; takes hours
	@.venv/bin/python -m tests.gradebook.whole_class --students 1000 $(ARGS)

walls: .venv/.dev ## grade all that is handed in to do harm, behind every wall; takes long
	@.venv/bin/python -m tests.walls.attacked landlock namespaces

lint: .venv/.dev ## style, types, and who may import whom
	$(call say,style)
	@.venv/bin/ruff check --quiet .
	$(call quietly,.venv/bin/ruff format --check .)
	$(call say,types)
	$(call quietly,.venv/bin/mypy)
	$(call say,imports)
	$(call quietly,.venv/bin/lint-imports)

format: .venv/.dev ## put the code in its form, and mend what can be mended
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

TRAIN := .venv/bin/tracer train --language both --word-dropout 0.02
VERDICT := --task classify --farthest 6 --every-step 0.1 --initial uniform --learning-rate 0.003 \
	--epochs 30 --patience 0 --seed 7

models: .venv/.installed ## train the networks that come with tracer, anew
	@rm -f tracer/model/shipped/*.safetensors
	@$(TRAIN) $(VERDICT) --cell lstm --units 8 --save tracer/model/shipped/lstm-classify.safetensors
	@$(TRAIN) $(VERDICT) --cell rnn --units 8 --save tracer/model/shipped/rnn-classify.safetensors
	@$(TRAIN) --task tag --cell lstm --units 8 --save tracer/model/shipped/lstm-tag.safetensors
	@$(TRAIN) --task tag --cell rnn --units 8 --save tracer/model/shipped/rnn-tag.safetensors
	@$(TRAIN) --task generate --cell lstm --units 12 --save tracer/model/shipped/lstm-generate.safetensors
	@rm -f tracer/model/shipped/*.checkpoint

docs: .venv/.installed ## write the pages that are made from the code
	@for script in docs/make_*.py; do PYTHONPATH=. .venv/bin/python $$script || exit 1; done

catalogue: .venv/.dev ## collect the sentences for translators; LANGUAGE=de starts or updates one
	@mkdir -p tracer/locale build
	@.venv/bin/python .ci/sentences.py > build/sentences.py
	@.venv/bin/pybabel --quiet extract --keywords=_ --keywords=plural:1,2 --project=tracer --no-wrap \
		--copyright-holder='the tracer authors' --output=tracer/locale/tracer.pot \
		tracer build/sentences.py
ifdef LANGUAGE
	@po=tracer/locale/$(LANGUAGE)/LC_MESSAGES/tracer.po; mkdir -p "$$(dirname $$po)"; \
	if [ -f $$po ]; then verb=update; else verb=init; fi; \
	.venv/bin/pybabel --quiet $$verb --domain=tracer --input-file=tracer/locale/tracer.pot \
		--output-dir=tracer/locale --locale=$(LANGUAGE) --no-wrap && printf '%s\n' "$$po"
endif
	@.venv/bin/pybabel --quiet compile --domain=tracer --directory=tracer/locale

clean: ## remove everything that make and the tools have made
	@rm -rf .venv .venv-wheel .venv-lowest .venv-peers .venv-bench .venv-graders .venv-cuda .venv-slurm build dist .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis tracer/locale/tracer.pot
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- environments ------------------------------------------------------------------------------

.venv/.made:
	$(call say,making $(@D))
	@python=$$(sh .ci/find-python $(PYTHON)) && "$$python" -m venv $(@D)
	@$(@D)/bin/python $(PIP) --upgrade 'pip>=25.1'
	@touch $@

# The others have no pip of their own: the first environment's installs into them.
.venv-wheel/.made .venv-lowest/.made .venv-peers/.made .venv-bench/.made .venv-graders/.made .venv-cuda/.made .venv-slurm/.made: .venv/.made
	$(call say,making $(@D))
	@.venv/bin/python -m venv --without-pip $(@D)
	@touch $@

.venv/.installed: .venv/.made pyproject.toml
	$(call say,installing tracer and what it needs)
	@.venv/bin/python $(PIP) --editable .
	@touch $@

.venv/.dev: .venv/.installed pyproject.toml
	$(call say,installing the tools of the developers)
	@.venv/bin/python $(PIP) --group dev
	@touch $@

build/wheel: .venv/.dev pyproject.toml README.md LICENSE $(PACKAGED)
	$(call say,building the wheel)
	@rm -rf $@
	$(call quietly,.venv/bin/python -m build --no-isolation --outdir $@ .)
	@touch $@

.venv-wheel/.installed: .venv-wheel/.made build/wheel
	$(call say,installing the wheel)
	@.venv/bin/python $(call PIP_INTO,--python .venv-wheel) --group test build/wheel/*.whl
	@.venv/bin/python $(call PIP_INTO,--python .venv-wheel) --force-reinstall --no-deps build/wheel/*.whl
	@touch $@

.venv-peers/.installed: .venv-peers/.made pyproject.toml
	$(call say,installing PyTorch 2.13.0)
	@.venv/bin/python $(call PIP_INTO,--python .venv-peers) --group peers --editable .
	@touch $@

.venv-bench/.installed: .venv-bench/.made pyproject.toml
	$(call say,installing PyTorch 2.13.0 ONNX Runtime and TorchLens)
	@.venv/bin/python $(call PIP_INTO,--python .venv-bench) --group bench --editable .
	@touch $@

.venv-graders/.installed: .venv-graders/.made pyproject.toml
	$(call say,installing nbgrader and otter)
	@.venv/bin/python $(call PIP_INTO,--python .venv-graders) --group graders --editable .
	@touch $@

.venv-cuda/.installed: .venv-cuda/.made pyproject.toml
	$(call say,installing numba-cuda and the compiler for cards)
	@.venv/bin/python $(call PIP_INTO,--python .venv-cuda) --group test --editable '.[cuda]'
	@touch $@

.venv-cuda/.torch: .venv-cuda/.installed
	$(call say,installing PyTorch 2.13.0)
	@.venv/bin/python $(call PIP_INTO,--python .venv-cuda) --group peers
	@touch $@

.venv-slurm/.installed: .venv-slurm/.made pyproject.toml
	$(call say,installing Dask-Jobqueue)
	@.venv/bin/python $(call PIP_INTO,--python .venv-slurm) --group test --editable '.[slurm]'
	@touch $@

.venv-lowest/.installed: .venv-lowest/.made pyproject.toml .ci/lowest
	$(call say,installing the lowest versions)
	@.venv/bin/python .ci/lowest > .venv-lowest/lowest.txt
	@.venv/bin/python $(call PIP_INTO,--python .venv-lowest) --group test --editable . -c .venv-lowest/lowest.txt
	@touch $@
