# Mailshift: make demo · make test · make lint · make windows · make test-windows · make setup
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
# Where cargo puts what it builds; a folder of your own may be given as CARGO_TARGET_DIR.
TARGET := $(or $(CARGO_TARGET_DIR),target)
# How `make windows` builds: release is what is shipped, dev is quick.
WINDOWS_PROFILE ?= release
WINDOWS_EXE := $(TARGET)/x86_64-pc-windows-gnu/$(WINDOWS_PROFILE:dev=debug)/mailshift.exe
DEMO := $(TARGET)/debug/mailshift-demo $(if $(FAIL),--fail) $(if $(KEEP),--keep)

.PHONY: help setup setup-windows setup-wine build windows demo test test-windows lint lint-windows measure bench fuzz

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

setup: ## Install what demo and tests need (Debian; elsewhere it says what to install)
	@.config/setup

build: setup
	cargo build --all-features --bins

demo: build ## The whole journey on this machine; FAIL=1: the new server is down; KEEP=1: leave it running
	$(DEMO)

test: build ## Everything, with the real parts
ifdef NEXTEST
	cargo nextest run --all-features --run-ignored all --no-fail-fast
else
	cargo test --all-features -- --include-ignored --test-threads=1
endif

setup-windows: ## Install what builds for Windows (Debian)
	@.config/setup windows

windows: setup-windows ## The agent for Windows, as it is shipped; WINDOWS_PROFILE=dev: quickly, for everyday work
	.config/windows build --locked --profile $(WINDOWS_PROFILE) --no-default-features --features agent --bin mailshift
	.config/windows-load-config $(WINDOWS_EXE)
	.config/windows-imports $(WINDOWS_EXE)

setup-wine:
	@.config/setup wine

test-windows: setup setup-wine windows ## That program under Wine, with stand-ins for Outlook and its MAPI; WINDOWS_PROFILE=dev: quickly
ifdef NEXTEST
	MAILSHIFT_EXE=$(abspath $(WINDOWS_EXE)) cargo nextest run --all-features --test windows --run-ignored all --no-fail-fast --profile windows
else
	MAILSHIFT_EXE=$(abspath $(WINDOWS_EXE)) cargo test --all-features --test windows -- --include-ignored --test-threads=1 --nocapture
endif

lint-windows: setup-windows ## Clippy for the Windows build
	.config/windows clippy --no-default-features --features agent --lib --bins --tests -- -D warnings

lint: ## Format, clippy, docs, licences, the fence between the two programs
	cargo fmt --all --check
	cargo clippy --all-features --all-targets -- -D warnings
	cargo clippy --all-features --test windows -- -D warnings
	cargo clippy --no-default-features --features server -- -D warnings
	cargo clippy --no-default-features --features agent -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --all-features --no-deps --quiet
	.config/fence
	.config/deny

measure: build ## Memory and wake-ups of the idle agent, release build
	cargo build --release --no-default-features --features agent --bin mailshift
	$(TARGET)/debug/mailshift-demo --measure $(TARGET)/release/mailshift

fuzz: ## Coverage-guided fuzzing of every parser of foreign bytes; SECONDS=1200 for each, TARGETS=…: only these
	.config/fuzz $(or $(SECONDS),60) $(TARGETS)

bench: ## 10,000 simulated agents on one server: from the signal to the agents, pages of the dashboard, memory, processor time; AGENTS=1000: fewer
	cargo build --release --no-default-features --features server --bin mailshift-server
	$(TARGET)/release/mailshift-server simulate --agents $(or $(AGENTS),10000)
