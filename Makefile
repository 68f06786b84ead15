# Frontdesk: the two commands are `make run` and `make test`.

SWIFT ?= swift
CONFIGURATION ?= release

.PHONY: run test simulate bench soak build packages test-packages format lint clean

# Installs what is missing, builds, starts the server on the sample site and places a demonstration call. ONCE=1 stops after the call.
run: packages build
	@Scripts/demo $(if $(filter 1,$(ONCE)),--once)

build:
	$(SWIFT) build -c $(CONFIGURATION) --product frontdesk

# All tests: unit, behaviour, and the built server against real SIP programs.
test: packages test-packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Calls on random schedules over a faulty network, in virtual time. SEEDS=n: so many seeds; SEED=n: one, with all that happens in it; STORM=1: far more
# loss.
simulate: packages
	$(SWIFT) build -c release --product simulate
	@.build/release/simulate $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),1000) --first $(or $(FIRST),1)) $(if $(filter 1,$(STORM)),--storm)

# Cost per packet, per call set-up and per call, with the pacing of sent RTP.
bench: packages test-packages build
	$(SWIFT) build -c release --package-path Benchmarks
	@Scripts/bench

# An hour at half load, with its memory and late packets minute by minute. MINUTES=n: so many.
soak: packages test-packages build
	$(SWIFT) build -c release --package-path Benchmarks
	@Scripts/soak $(or $(MINUTES),60)

packages:
	@Scripts/install-packages build

test-packages:
	@Scripts/install-packages test

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build Benchmarks/.build var
