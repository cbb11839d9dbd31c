# Two commands do everything on a fresh machine: `make run` and `make test`. `make` alone lists all.
SITE ?= demo
BRUK := .venv/bin/bruk
PY := .venv/bin/python
# Files of tests side by side; each starts its own broker, site and browser, so that memory and not cores sets the limit.
AT_ONCE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run stop test quick check sync bench soak mutations

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 12

run: ## install what is missing, start everything, wait for the first edition (SITE=demo)
	@infra/bootstrap.sh run
	@$(BRUK) run --site $(SITE)

stop: ## stop everything that was started for the site
	@[ ! -x $(BRUK) ] || $(BRUK) down --site $(SITE)

test: ## install what the tests need and run them all
	@infra/bootstrap.sh test
	@$(PY) -m pytest $(AT_ONCE)

quick: ## the tests without the slow ones
	@infra/bootstrap.sh test
	@$(PY) -m pytest $(AT_ONCE) -m "not slow"

check: ## lint, types, walls, SQL, contracts, generated files
	@infra/bootstrap.sh test
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint --disable-progress-bar dbt_project/models
	$(BRUK) contract check --site demo
	$(BRUK) contract sync --check

sync: ## write the generated files anew
	@$(BRUK) contract sync

bench: ## receiving, sealing, growth, make run to the edition: on copies of demo/ (ONLY=growth; make stop first)
	@infra/bootstrap.sh run
	@$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY))

MESSAGES ?= 1000000
FAULTS ?= 200
soak: ## real processes under kill -9, full disks and broken networks, every word counted (MESSAGES= FAULTS= SEED=)
	@infra/bootstrap.sh test
	@$(PY) -m tests.faults.soak --messages $(MESSAGES) --faults $(FAULTS) $(if $(SEED),--seed $(SEED))

mutations: ## plant each bug that the fault suite exists for in a copy of the tree, and see that a test fails
	@infra/bootstrap.sh test
	@$(PY) -m tests.faults.mutations
