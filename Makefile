# For people who like make; nothing needs it. `make help` lists the targets.

.PHONY: help test demo dist bench line compare soak crash-soak kills fuzz mutate format lint form transcripts

help:            ## lists the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: *##/\t/'

test:            ## the whole suite
	scripts/test

demo:            ## the demonstration, FOLDER=kulkul-demo
	scripts/demo $(FOLDER)

dist:            ## programs that run on a Debian 12 without Swift, in a tarball; ARGUMENTS="--to FOLDER" (release)
	scripts/dist $(ARGUMENTS)

line:            ## a first sync over an emulated line that is slow, lossy and cut; ARGUMENTS="--down" (release)
	scripts/line $(ARGUMENTS)

bench:           ## the table of speed beside plain SQLite, in one run, and bench.json; ARGUMENTS="--rows save-one" (release)
	swift build -c release --product kulkul-bench
	swift build -c release --product kulkul
	swift build -c release --product kulkul-server
	"$$(swift build -c release --show-bin-path)/kulkul-bench" \
		--commit "$$(git describe --always --dirty --exclude='*')" --json bench.json $(ARGUMENTS)

compare:         ## what others' merge rules lose on the same histories (release)
	swift run -c release kulkul-compare $(ARGUMENTS)

soak:            ## many simulated worlds, SEEDS=20000 BASE=1; goes on where it stopped
	scripts/soak --seeds $(or $(SEEDS),20000) --base $(or $(BASE),1) $(ARGUMENTS)

crash-soak:      ## many worlds whose disk fails, SEEDS=5000 BASE=1; goes on where it stopped
	scripts/soak --crash --seeds $(or $(SEEDS),5000) --base $(or $(BASE),1) $(ARGUMENTS)

kills:           ## a server and laptops as real processes that are killed, MINUTES=10 LAPTOPS=20 SEED=1 (release)
	scripts/kills --minutes $(or $(MINUTES),10) --laptops $(or $(LAPTOPS),20) --seed $(or $(SEED),1) $(ARGUMENTS)

fuzz:            ## hostile inputs for every decoder, MINUTES=1 of each; goes on where it stopped
	scripts/fuzz --minutes $(or $(MINUTES),1) $(ARGUMENTS)

mutate:          ## breaks the core in many ways, one at a time, and says whether the tests notice
	scripts/mutate $(ARGUMENTS)

format:          ## formats all sources
	swift format --in-place --recursive Package.swift Shared Client Server Sources Benchmarks Tests

lint:            ## checks the format
	swift format lint --strict --recursive Package.swift Shared Client Server Sources Benchmarks Tests

form:            ## checks the built-in form with ODK's own converter
	scripts/check-form

transcripts:     ## rewrites the transcripts and the README's tour from what the program prints now
	UPDATE_TRANSCRIPTS=1 swift test --filter 'CommandTests|TourTests'
