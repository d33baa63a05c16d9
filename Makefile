# make run    everything needed, then a serving system with demonstration tenants (Ctrl-C stops it)
# make test   everything needed, then all tests and the house rules
# make fuzz   looks for statements that crash the guard or get past it, for FUZZ_SECONDS (60)
# make attack the attack battery in all three tiers, each attack with the run in which its wall is gone
# make bench  the benchmarks: prints ratios between Bulkhead and the same handlers without its walls
# make bench-neighbour  one tenant floods, 179 others work: what they feel, under five kinds of control (hours)
# make real-data  imports 100,000 real order lines for each of two tenants at once, and checks their books
# make soak   5,000 scripts that a tenant plays alone and beside others (hours; shows how far it is)
# make format rewrites the sources in the house format

SWIFT_FLAGS := --explicit-target-dependency-import-check error
BENCH_SECONDS ?= 10
BENCH_ROUNDS ?= 4
BENCH_NEIGHBOUR ?=
FUZZ_SECONDS ?= 60

.PHONY: run test attack fuzz bench bench-neighbour real-data soak format lint setup build help

help:
	@sed -n 's/^# //p' Makefile

setup:
	@scripts/setup

build: setup
	@echo "== building (the first time takes some minutes)"
	swift build $(SWIFT_FLAGS) -c release --product bulkhead

run: build
	@exec .build/release/bulkhead up

test: setup lint
	@echo "== building and running all tests"
	scripts/test

fuzz:
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

attack: build
	@.build/release/bulkhead attack

bench: build
	@scripts/setup-bench
	@echo "== building the benchmarks"
	swift build $(SWIFT_FLAGS) -c release --product bulkhead-bench
	.build/release/bulkhead-bench --seconds $(BENCH_SECONDS) --rounds $(BENCH_ROUNDS)

bench-neighbour: setup
	@scripts/setup-bench
	@echo "== building the benchmarks"
	swift build $(SWIFT_FLAGS) -c release --product bulkhead-bench
	.build/release/bulkhead-bench neighbour $(BENCH_NEIGHBOUR)

real-data: build
	@scripts/fetch-real-data
	@echo "== building the benchmarks"
	swift build $(SWIFT_FLAGS) -c release --product bulkhead-bench
	.build/release/bulkhead-bench real-data

soak: setup
	@BULKHEAD_ALONE_SEEDS=$${BULKHEAD_ALONE_SEEDS:-5000} BULKHEAD_TEST_LIMIT=86400 BULKHEAD_TEST_LIVE=1 \
	  scripts/test AloneTests --filter AloneTests/equal

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	@echo "== format"
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests
