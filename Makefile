# Everything a developer does daily. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
export DATA_DIR ?= $(CURDIR)/var
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install run test test-fast lint format shell bench lock screenshots

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/installed ## Make .venv and install what `make run` needs

run: install ## Start everything on http://localhost:$(PORT); Ctrl-C stops it
	@DJANGO_DEBUG=$${DJANGO_DEBUG:-True} $(BIN)/python -m site_config.serve
