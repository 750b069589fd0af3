# `make` alone lists what there is to type.
#
# Settings:  CXX=clang++   SCALAR=double   SANITIZE=address,undefined   ARCH=x86-64-v3   BLAS=openblas   WERROR=1
#            EIGEN=/path/to/eigen   DOCTEST=/path/to/doctest   GNUPLOT=none   THREADS=2
#            EXTRA_CXXFLAGS=-g   LDFLAGS=-fuse-ld=lld   BUILD=/elsewhere (when this folder is read-only)
# Every combination builds into its own folder below build/, so that they never mix. Needs GNU make 3.81 or newer.

CXX      ?= g++
SCALAR   ?= float
ARCH     ?= native
SANITIZE ?=
BLAS     ?=
WERROR   ?=
GNUPLOT  ?= gnuplot
# As many jobs as processors, but no more than there are 1.1 GB of memory for: what a compiler takes for the largest file.
THREADS  ?= $(shell kb=$$(awk '/^MemTotal/ {print $$2}' /proc/meminfo 2>/dev/null); \
  [ -n "$$kb" ] || kb=$$(($$(sysctl -n hw.memsize 2>/dev/null || echo 2000000000) / 1024)); \
  echo "$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) $$((kb / 1100000))" | awk '{n = $$1 < $$2 ? $$1 : $$2; print n < 1 ? 1 : n}')
THREADS  := $(THREADS)
ifeq ($(origin CXX),default)
  CXX := g++
endif

comma := ,
space := $() $()
# CXX may be several words ("ccache g++", "clang++ -stdlib=libc++"); flags and folders of your own are told apart by a checksum.
OTHERS := $(strip $(EXTRA_CXXFLAGS) $(LDFLAGS) $(EIGEN) $(DOCTEST))
BUILD  := build/$(subst $(space),-,$(subst =,-,$(notdir $(CXX))))-$(SCALAR)-$(ARCH)$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))$(if \
  $(BLAS),-$(BLAS))$(if $(OTHERS),-$(firstword $(shell echo '$(OTHERS)' | cksum)))

# Eigen and doctest, your own copies first, then where the usual package managers put them.
INCLUDES := -Isrc -I. $(addprefix -isystem ,$(EIGEN) $(DOCTEST) \
  /usr/include/eigen3 /usr/local/include/eigen3 /opt/homebrew/include/eigen3 /opt/homebrew/include)
# Some compilers (on ARM) know -mcpu=native and not -march=native.
MACHINE  := $(shell $(CXX) -march=$(ARCH) -E -x c++ /dev/null >/dev/null 2>&1 \
              && echo -march=$(ARCH) || echo -mcpu=$(ARCH))
# What a processor can do, but not what g++ believes its instructions to cost: with the costs of AMD's processors,
# g++ 12 reads the factors of a product from memory again for every multiplication, at two thirds of the speed.
CLANG    := $(shell $(CXX) --version 2>/dev/null | grep -io -m1 clang)
MACHINE  += $(if $(CLANG),,-mtune=generic)
# em++ compiles for the browser: SSE by way of WebAssembly's vectors, whose headers must come before those of clang, without the
# inline assembly that Eigen has for SSE; and one thread.
WEB      := $(filter em++,$(notdir $(CXX)))
ifneq ($(WEB),)
  MACHINE := -msimd128 -msse4.1 -isystem $(BUILD)/intrinsics -fgnuc-version=9.0 '-D__asm__(...)=' -fwasm-exceptions
endif
# -ffp-contract=off: a * b + c rounds the same way wherever it is written, so that the plain and the taped
# evaluation of one formula agree. Never -ffast-math: it would break every check for NaN.
CXXFLAGS := -std=c++20 $(if $(SANITIZE),-O1,-O3) $(MACHINE) -ffp-contract=off -fno-math-errno $(if $(WEB),,-pthread) \
  -Wall -Wextra -Wpedantic $(if $(CLANG),,-Wno-restrict -Wno-uninitialized -Wno-maybe-uninitialized -Wno-array-bounds) $(if $(WERROR),-Werror) \
  -DEIGEN_DONT_PARALLELIZE $(if $(BLAS),-DEIGEN_USE_BLAS) \
  $(if $(SANITIZE),-g1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all)
# What only runs for a moment, or only calls what is compiled with -O3, is compiled with less.
QUICK     = $(subst -O3,-O1,$(CXXFLAGS))

# In a tree that was cut by `make homework`, which has no tests but those of the exercises, holes leave things unused.
CUT      := $(if $(wildcard tests/core),,yes)
CXXFLAGS += $(if $(CUT),-Wno-unused -Wno-unused-parameter) $(EXTRA_CXXFLAGS)

# How a file is compiled: `$(call COMPILE,flags,scalar)`, with what make knows of the rule; and how objects are linked. The two
# are apart, so that ccache, where there is one, knows what was compiled before.
COMPILE = mkdir -p $(@D) && echo "compiling $<" && $(CXX) $(1) $(INCLUDES) -DMBRL_SCALAR=$(2) -MMD -MP -c $< -o $@
LINK    = mkdir -p $(@D) && $(CXX) $(CXXFLAGS) $(filter %.o,$^) $(LDFLAGS) $(BLAS:%=-l%) -o $@

# A test binary for every room (a folder of tests/, which mirrors src/ and envs/) and for every suite (a file
# of tests/). The long learning bands run by `make learn` alone, and imagined_return, which needs all in double, in CI.
# Rooms whose tests compare gradients with differences are always in double.
DOUBLE := autodiff envs
ROOMS  := $(filter-out bench fuzz homework web,$(notdir $(patsubst %/.,%,$(wildcard tests/*/.))))
SUITES := $(filter-out main,$(basename $(notdir $(wildcard tests/*.cpp))))
T      ?=
ONLY   ?=
R      ?= version_1_5 pets ablation policies short_rollouts
CHOSEN := $(or $(T),$(filter-out learning imagined_return,$(ROOMS) $(SUITES)))
N      ?= *
FUZZERS := $(basename $(notdir $(wildcard tests/fuzz/*.cpp)))
# They run first, so that no processor is left without work at the end.
LONGEST := program many_runs docs resume smoke algorithms
SECONDS ?= 60
# The homework: HW=3 is a sheet of it, HW=3.2 one exercise, HW=all the whole. In a tree that was cut by `make homework`,
# which has no other tests, all is what is tested.
HW     ?=
HB     := $(BUILD)/homework
HOLES  := $(shell grep -lE '// BEGIN (SOLUTION )?hw[0-9]' src/*/*.cpp)
EXERCISES := $(basename $(notdir $(wildcard tests/homework/hw*_*.cpp)))
WHOLE  := $(filter all,$(HW))$(if $(HW),,$(CUT))
ASKED  := $(if $(WHOLE),$(EXERCISES),$(if $(HW),$(filter $(HW:%=hw%_%) $(subst .,_,$(HW:%=hw%)),$(EXERCISES))))
NOTEBOOKS := $(basename $(notdir $(wildcard $(N:%=notebooks_cpp/%.cpp))))
SEEDS  ?=

.DEFAULT_GOAL := help
.PHONY: help build demo test learn results bench notebooks figures web format lint clean packages
.SUFFIXES:
.SECONDARY:

help:
ifneq ($(CUT),)
	@echo "make test       tests all exercises and prints the board   (HW=3: one sheet; HW=3.2: one exercise; SEED=7: other inputs)"
	@echo "make build      the program mbrl, at build/mbrl, for the experiments"
	@echo "make format     clang-format over all sources"
	@echo "make clean      delete build/"
else
	@echo "make build      the program mbrl, at build/mbrl"
	@echo "make demo       learn to swing up a pendulum in about a minute, with a learning curve and an animation"
	@echo "make test       every test but the long learning bands       (T=planning: only that room; ONLY="B*": by name)"
	@echo "make homework   the exercises, cut out of the sources: TO=../my-homework; there, make test is a board   (HW=3, HW=3.2)"
	@echo "make grade      SRC=../my-homework: the reference with that homework's exercises laid over it, JUnit XML, results.json   (CLASS=folder: of all; SEED=7)"
	@echo "make grader     that the grader withstands attacks and accidents; a minute or two"
	@echo "make prove      that the exercises stand alone, accept other solutions, and name typical mistakes; a quarter of an hour   (HW=3; FEW=1)"
	@echo "make learn      the learning bands: several seeds of whole runs, about an hour   (ONLY='PETS*': by name)"
	@echo "make results    the tables of docs/results.md, from several seeds: R=version_1_5 (15 minutes) pets (25) ablation (30) policies (15) short_rollouts (90) exploration (10) factors (60) half_cheetah (90); make test T=rows ARCH=x86-64-v3: some of their rows, to the bit"
	@echo "make soak       every algorithm killed twenty times and resumed, and the memory of a long run: twenty minutes   (T=kills; T=memory; T=cluster)"
	@echo "make fuzz       random input for the readers of command line, config.txt and checkpoints, with clang++   (SECONDS=600: each; T=config: only that one)"
	@echo "make bench      how fast the hot paths are, beside the machine's measured peak; about a minute"
	@echo "make notebooks  compile and run the experiments of notebooks_cpp/, and write their .ipynb   (N=10_cliff: only that one; SEEDS=40: with more seeds)"
	@echo "make figures    the same, and the figures of docs/ that they draw, again"
	@echo "make web        the algorithms in the browser, live: build/web/index.html, built with emscripten   (make test T=web: that it works, in Chromium)"
	@echo "make format     clang-format over all sources"
	@echo "make lint       check the format and the rules of the house"
	@echo "make clean      delete build/"
endif

# ---- what is needed ----

NEED = have() { echo "\#include <$$1>" | $(CXX) $(CXXFLAGS) $(INCLUDES) -E -x c++ - >/dev/null 2>&1; }; \
  missing=""; \
  have Eigen/Core        || missing="$$missing libeigen3-dev"; \
  [ -n "$(filter build demo soak results page,$(MAKECMDGOALS))" ] || have doctest/doctest.h || missing="$$missing doctest-dev"; \
  [ -z "$(BLAS)" ]       || echo "int main() {}" | $(CXX) -x c++ - $(BLAS:%=-l%) -o /dev/null 2>/dev/null || missing="$$missing lib$(BLAS)-dev"; \
  [ "$(GNUPLOT)" = none ] || command -v $(GNUPLOT) >/dev/null || missing="$$missing gnuplot-nox"

OLD_EIGEN = printf '%s\n' '\#include <Eigen/Core>' '\#if !EIGEN_VERSION_AT_LEAST(3, 4, 0)' '\#error' '\#endif'
packages: $(if $(WEB),intrinsics)
	@command -v $(firstword $(CXX)) >/dev/null || { echo "The compiler $(CXX) is not installed (or set CXX=...)."; exit 1; }
	@mkdir -p $(BUILD) 2>/dev/null && [ -w $(BUILD) ] || { echo "The folder $(BUILD) cannot be written:" \
	  "build elsewhere, with BUILD=/tmp/mbrl, or in a copy of your own."; exit 1; }
	@$(NEED); [ -z "$$missing" ] && exit 0; \
	root=""; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	if command -v apt-get >/dev/null && $$root true 2>/dev/null; then \
	  echo "Installing what is missing with apt-get:$$missing"; \
	  install="$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"; \
	  $$install $$missing >/dev/null 2>&1 || { $$root apt-get update -qq && $$install $$missing >/dev/null; }; \
	else \
	  echo "Missing:$$missing. Install with: apt-get install libeigen3-dev doctest-dev gnuplot-nox (Debian, Ubuntu)" \
	       "| dnf install eigen3-devel doctest-devel gnuplot (Fedora) | brew install eigen doctest gnuplot (macOS);" \
	       "or point EIGEN= and DOCTEST= at your own copies, and set GNUPLOT=none to go without figures."; exit 1; \
	fi
	@$(OLD_EIGEN) | $(CXX) $(CXXFLAGS) $(INCLUDES) -E -x c++ - >/dev/null 2>&1 || { echo "This Eigen is older than 3.4:" \
	  "install 3.4 or newer, or unpack one and say where: make EIGEN=/path/to/eigen-3.4.0"; exit 1; }

# ---- the program ----

build: packages
	@$(MAKE) --no-print-directory -j$(THREADS) program
# build/mbrl is that of the last build; with a BUILD elsewhere there is only the one in it.
program: $(BUILD)/mbrl
	@$(if $(filter build/%,$<),ln -sfn $(<:build/%=%) build/mbrl,echo "The program is $<")
.PHONY: program

# The library: every folder of src/ and envs/ is compiled as one file (so that Eigen is read once), and the
# objects are linked into whatever is built. A header says what there is, the .cpp beside it how it works.
# The largest make two files each, of so many and of the rest, to spare a small machine's memory. What only tests
# need, in the other kind of number, is compiled with QUICK.
SPLIT_dynamics := 10
SPLIT_planning := 7
SPLIT_envs     := 3
ROOM     = $(sort $(wildcard src/$(1)/*.cpp $(1)/*.cpp src/$(1).cpp))
LIBRARY := $(sort envs $(patsubst src/%/,%,$(dir $(wildcard src/*/*.cpp))))
LIBRARY := $(foreach room,$(LIBRARY),$(room) $(SPLIT_$(room):%=$(room)+))
library  = $(LIBRARY:%=$(BUILD)/$(1)/%.o)
$(BUILD)/mbrl: $(call library,$(SCALAR)) $(BUILD)/main.o
	@$(LINK)
$(BUILD)/main.o: src/main.cpp
	@$(call COMPILE,$(QUICK),$(SCALAR))
define OBJECTS
$(BUILD)/$(1)/%.o: $(BUILD)/$(1)/%.cpp
	@$$(call COMPILE,$(if $(filter $(SCALAR),$(1)),$$(CXXFLAGS),$$(QUICK)),$(1))
$(BUILD)/$(1)/%+.cpp: always
	@$$(call UNITE,$$(filter-out $$(wordlist 1,$$(SPLIT_$$*),$$(call ROOM,$$*)),$$(call ROOM,$$*)))
$(BUILD)/$(1)/%.cpp: always
	@$$(call UNITE,$$(wordlist 1,$$(or $$(SPLIT_$$*),99),$$(call ROOM,$$*)))
endef
$(foreach scalar,float double,$(eval $(call OBJECTS,$(scalar))))
# A file that includes others, rewritten only when the list changes.
UNITE = mkdir -p $(@D); printf '\#include "%s"\n' $(1) >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
.PHONY: always

demo: build
	@n=1; while [ -e runs/demo-$$n ]; do n=$$((n + 1)); done; \
	$(BUILD)/mbrl run v1.5 --env pendulum --seed 1 --out runs/demo-$$n && \
	$(BUILD)/mbrl play runs/demo-$$n && \
	echo "Look at runs/demo-$$n: learning_curve.png, play.gif, filmstrip.png"

# ---- the tests ----

test: packages
ifeq ($(T),grader)
	@$(MAKE) --no-print-directory grader
else ifeq ($(T),web)
	@$(MAKE) --no-print-directory web && ONLY='$(ONLY)' tests/web/run
else ifeq ($(T),rows)
	@$(MAKE) --no-print-directory -j$(THREADS) program && MBRL=$(BUILD)/mbrl tests/rows
else ifneq ($(ASKED),)
	@$(MAKE) -s --no-print-directory -j$(THREADS) $(ASKED:%=$(HB)/%)
	@THREADS=$(THREADS) tests/homework/board $(ASKED:%=$(HB)/%)
else
	@$(MAKE) --no-print-directory -j$(THREADS) $(if $(filter program many_runs docs notebook,$(CHOSEN)),program $(BUILD)/execute_notebook) \
	  $(CHOSEN:%=$(BUILD)/tests/%)
	@MBRL="$(if $(filter /%,$(BUILD)),,$$PWD/)$(BUILD)/mbrl" NOTEBOOK=$(BUILD)/execute_notebook GNUPLOT=$(GNUPLOT) THREADS=$(THREADS) ONLY='$(ONLY)' \
	  tests/run $(patsubst %,$(BUILD)/tests/%,$(filter $(LONGEST),$(CHOSEN)) $(filter-out $(LONGEST),$(CHOSEN)))
endif

learn: packages
	@$(MAKE) --no-print-directory $(BUILD)/tests/learning
	@$(BUILD)/tests/learning $(if $(ONLY),'-tc=$(ONLY)')

# A room's test files are compiled together, like the library, and linked with the floors of the house up to that room: no
# room calls one above. (The library stands before the tests: of what both hold, the linker takes the first, that of -O3.)
FLOORS := core data autodiff nn envs report learners dynamics planning algorithms
below   = $(filter $(foreach room,$(SO_FAR_$(1)),$(room) $(room)+),$(LIBRARY))
$(foreach room,$(FLOORS),$(eval SO_FAR += $(room))$(eval SO_FAR_$(room) := $$(SO_FAR)))
TESTS_OF = $(sort $(wildcard tests/$(1)/*.cpp))
SPLIT_TESTS_envs       := 9
SPLIT_TESTS_algorithms := 6
define ROOM_TEST
$(BUILD)/tests/$(1).cpp: always
	@$$(call UNITE,$$(wordlist 1,$(or $(SPLIT_TESTS_$(1)),99),$$(call TESTS_OF,$(1))))
$(BUILD)/tests/$(1)+.cpp: always
	@$$(call UNITE,$$(filter-out $$(wordlist 1,$(or $(SPLIT_TESTS_$(1)),99),$$(call TESTS_OF,$(1))),$$(call TESTS_OF,$(1))))
$(BUILD)/tests/$(1).o $(BUILD)/tests/$(1)+.o: %.o: %.cpp
	@$$(call COMPILE,$$(QUICK),$(2))
$(BUILD)/tests/$(1): $(patsubst %,$(BUILD)/$(2)/%.o,$(call below,$(1)) $(3)) $(BUILD)/tests/$(1).o \
  $(if $(SPLIT_TESTS_$(1)),$(BUILD)/tests/$(1)+.o) $(BUILD)/tests/main.o
	@$$(LINK)
endef
$(foreach room,$(filter-out $(DOUBLE),$(ROOMS)),$(eval $(call ROOM_TEST,$(room),$(SCALAR))))
$(eval $(call ROOM_TEST,autodiff,double,nn))
$(eval $(call ROOM_TEST,envs,double,planning/lqr))
$(patsubst %,$(BUILD)/tests/%.o,$(SUITES) main): $(BUILD)/tests/%.o: tests/%.cpp
	@$(call COMPILE,$(QUICK),$(SCALAR))
$(SUITES:%=$(BUILD)/tests/%): %: $(call library,$(SCALAR)) %.o $(BUILD)/tests/main.o
	@$(LINK)

# ---- homework ----

# Every exercise has a program of its own. The library that they are linked with is in double, and the files that
# exercises stand in are compiled one by one, so that an edit rebuilds little.
HB_CXX   = $(CXX) $(subst -O3,-O1,$(CXXFLAGS)) -DMBRL_SCALAR=double \
  -include tests/homework/assertions.hpp
HB_MAKE  = mkdir -p $(@D) && echo "compiling $<" && $(HB_CXX) $(INCLUDES) -MMD -MP -c $< -o $@
HB_REST  = $(filter-out $(HOLES),$(sort $(wildcard src/$(1)/*.cpp $(1)/*.cpp)))
HB_LIB  := $(foreach room,$(LIBRARY),$(if $(call HB_REST,$(room)),$(HB)/rooms/$(room).o)) $(HOLES:src/%.cpp=$(HB)/%.o)

$(HB)/rooms/%.o: $(HB)/rooms/%.cpp
	@$(HB_MAKE)
$(HB)/rooms/%.cpp: always
	@$(call UNITE,$(call HB_REST,$*))
$(HOLES:src/%.cpp=$(HB)/%.o): $(HB)/%.o: src/%.cpp
	@$(HB_MAKE)
$(HB)/library.a: $(HB_LIB)
	@rm -f $@; ar rcs $@ $^
$(HB)/exercise.o $(EXERCISES:%=$(HB)/%.o): $(HB)/%.o: tests/homework/%.cpp
	@$(HB_MAKE)
$(EXERCISES:%=$(HB)/%): %: %.o $(HB)/exercise.o $(HB)/library.a
	@$(HB_CXX) $^ $(LDFLAGS) -o $@
$(HB)/tool: tests/homework/homework.cpp tests/homework/texts.hpp
	@mkdir -p $(@D) && $(CXX) -std=c++20 -O1 -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror) $< -o $@
$(HB)/grader: tests/homework/grader.cpp tests/homework/texts.hpp tests/homework/supervise.hpp
	@mkdir -p $(@D) && $(CXX) -std=c++20 -O1 -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror) $< -o $@
$(HB)/shared.hpp: tests/homework/shared.hpp
	@mkdir -p $(@D) && cp $< $@
$(HB)/shared.hpp.gch: $(HB)/shared.hpp
	@echo "compiling $<" && $(subst -include tests/homework/assertions.hpp,,$(HB_CXX)) -w $(INCLUDES) -MMD -MP -MF $@.d -x c++-header $< -o $@

homework: $(HB)/tool
	@[ -n '$(TO)' ] || { echo "make homework TO=../my-homework: where is it to go?"; exit 2; }
	@$(HB)/tool new . '$(TO)' && echo "Your homework is in $(TO): begin with its README.md, and type make test there."
HB_SCRIPT = CXX='$(CXX)' HB='$(HB)' HB_CXX='$(HB_CXX)' INCLUDES='$(INCLUDES)' THREADS=$(THREADS) FEW=$(FEW)
grade: packages $(HB)/grader $(HB)/shared.hpp.gch
	@[ -n '$(SRC)$(CLASS)' ] || { echo "make grade SRC=../my-homework: whose? CLASS=folder: of all whose folders are in there"; exit 2; }
	@$(MAKE) -s --no-print-directory -j$(THREADS) $(patsubst %,$(HB)/%,$(or $(ASKED),$(EXERCISES)))
	@$(HB_SCRIPT) $(HB)/grader $(if $(CLASS),class '$(CLASS)',one '$(SRC)') $(subst _,.,$(or $(ASKED),$(EXERCISES)))
prove: packages $(HB)/tool
	@$(MAKE) -s --no-print-directory -j$(THREADS) $(EXERCISES:%=$(HB)/%)
	@$(HB_SCRIPT) tests/homework/prove $(or $(ASKED),$(EXERCISES))
	@$(if $(HW),,$(MAKE) --no-print-directory grader)
# That the grader withstands attacks and accidents; also `make test T=grader`.
grader: packages $(HB)/tool $(HB)/grader $(HB)/shared.hpp.gch
	@$(MAKE) -s --no-print-directory -j$(THREADS) $(EXERCISES:%=$(HB)/%)
	@$(HB_SCRIPT) tests/homework/attack
.PHONY: homework grade grader prove

# ---- experiments, results, housekeeping ----

# Each is run, as many at once as there are processors, and what its cells printed and drew goes into notebooks_cpp/NN_topic.ipynb.
# Without gnuplot the claims are checked all the same, and no notebook is overwritten by one without its figures.
notebooks: packages
	@[ -n "$(NOTEBOOKS)" ] || { echo "no notebook is called $(N): see notebooks_cpp/"; exit 2; }
	@$(MAKE) --no-print-directory -j$(THREADS) $(BUILD)/execute_notebook $(NOTEBOOKS:%=$(BUILD)/notebooks/%)
	@printf '%s\n' $(NOTEBOOKS) | GNUPLOT=$(GNUPLOT) SEEDS=$(SEEDS) xargs -P $(THREADS) -I{} sh -c '{ echo "---- {}"; \
	  $(if $(filter none,$(GNUPLOT)),,$(BUILD)/execute_notebook notebooks_cpp/{}.cpp) $(BUILD)/notebooks/{}; } \
	  >$(BUILD)/notebooks/{}.log 2>&1; held=$$?; cat $(BUILD)/notebooks/{}.log; [ $$held = 0 ] || exit 255'
$(BUILD)/notebooks/%.o: notebooks_cpp/%.cpp
	@$(call COMPILE,$(QUICK),$(SCALAR))
$(BUILD)/notebook.o: src/notebook.cpp
	@$(call COMPILE,$(QUICK),$(SCALAR))
$(BUILD)/notebooks/%: $(call library,$(SCALAR)) $(BUILD)/notebooks/%.o $(BUILD)/notebook.o
	@$(LINK)
$(BUILD)/execute_notebook: src/execute_notebook.cpp src/core/utf8.hpp
	@mkdir -p $(@D) && $(CXX) -std=c++20 -O1 -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror) $< -o $@
# The figures of the docs that notebooks draw, under the same names.
figures: notebooks
	@for f in runs/notebooks/*.png; do d=docs/figures/$${f##*/}; [ ! -e $$d ] || cp $$f $$d; done

bench: packages
	@$(MAKE) --no-print-directory -j$(THREADS) $(BUILD)/bench
	@$(BUILD)/bench
$(BUILD)/bench.o: tests/bench/bench.cpp
	@$(call COMPILE,$(CXXFLAGS),$(SCALAR))
$(BUILD)/bench: $(call library,$(SCALAR)) $(BUILD)/bench.o
	@$(LINK)

# The live page, in one file that a double click opens: the same library by the same rules, compiled with em++ to WebAssembly,
# and the sources of docs/web/ around it. Debian's emscripten needs to be told where node's modules are.
web: packages_of_web
	@NODE_PATH=$${NODE_PATH:+$$NODE_PATH:}/usr/share/nodejs $(MAKE) --no-print-directory -j$(THREADS) CXX=em++ GNUPLOT=none page
packages_of_web:
	@command -v em++ >/dev/null && exit 0; \
	root=""; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	command -v apt-get >/dev/null && $$root true 2>/dev/null && { echo "Installing emscripten with apt-get"; \
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends emscripten >/dev/null; } \
	|| { echo "The page needs em++: install emscripten 3.1 (apt-get install emscripten; brew install emscripten)"; exit 1; }

ifneq ($(WEB),)
WEB_HEADERS = $(shell em-config EMSCRIPTEN_ROOT)/system/include/compat
intrinsics:
	@mkdir -p $(BUILD)/intrinsics && cp $(WEB_HEADERS)/*intrin.h $(BUILD)/intrinsics && : >$(BUILD)/intrinsics/mmintrin.h
page: packages
	@$(MAKE) --no-print-directory build/web/index.html
	@echo "Open build/web/index.html in a browser"
$(BUILD)/page.o: docs/web/page.cpp
	@$(call COMPILE,$(QUICK),$(SCALAR))
$(BUILD)/worker.js: $(call library,$(SCALAR)) $(BUILD)/page.o docs/web/worker.js
	@echo "linking $@" && $(CXX) $(CXXFLAGS) $(filter %.o,$^) --bind -sSINGLE_FILE -sENVIRONMENT=worker -sALLOW_MEMORY_GROWTH \
	  -sINITIAL_MEMORY=64MB --post-js docs/web/worker.js -o $@
# A line <!-- include FILE --> of the page stands for that file.
build/web/index.html: docs/web/index.html $(wildcard docs/web/*.js docs/web/scenes/*.js docs/web/*.css docs/web/*.policy) $(BUILD)/worker.js $(shell sed -n "s/^<!-- include \(src.*\) -->/\1/p" docs/web/index.html)
	@mkdir -p $(@D); while IFS= read -r line; do case $$line in '<!-- include '*) set -- $$line; cat "$(BUILD)/$$3" 2>/dev/null \
	  || cat "$$3";; *) printf '%s\n' "$$line";; esac; done <$< >$@
endif
.PHONY: packages_of_web intrinsics page

soak: build
	@GNUPLOT=$(GNUPLOT) tests/soak $(T)

# What the fuzzers find goes to build/; what is worth keeping stands in tests/fuzz/corpus.
fuzz: packages
	@$(MAKE) --no-print-directory -j$(THREADS) CXX=clang++ SANITIZE=fuzzer-no-link,address,undefined fuzzers
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)
	@for f in $(or $(T),$(FUZZERS)); do mkdir -p build/fuzz/$$f; echo "fuzzing $$f for $(SECONDS) s"; \
	  $(BUILD)/fuzz/$$f -max_total_time=$(SECONDS) -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$f- build/fuzz/$$f tests/fuzz/corpus/$$f >build/fuzz/$$f.log 2>&1 \
	  || { cat build/fuzz/$$f.log; exit 1; }; \
	  sed -n 's/^stat::number_of_executed_units: /  nothing found in inputs: /p' build/fuzz/$$f.log; done
$(FUZZERS:%=$(BUILD)/fuzz/%.o): $(BUILD)/fuzz/%.o: tests/fuzz/%.cpp
	@$(call COMPILE,$(CXXFLAGS),$(SCALAR))
$(FUZZERS:%=$(BUILD)/fuzz/%): %: $(call library,$(SCALAR)) %.o
	@$(LINK) -fsanitize=fuzzer
.PHONY: fuzz fuzzers soak

results: build
	@for r in $(R); do docs/results/table.sh $$r || exit 1; done

SOURCES = $(if $(CUT),$(wildcard src/*/*.?pp src/*.?pp),$(shell git ls-files '*.hpp' '*.cpp'))
format:
	@clang-format -i $(SOURCES)
lint:
	@clang-format --dry-run --Werror $(SOURCES)
	@! grep -nE 'std::(normal|uniform_real|uniform_int)_distribution|std::shuffle|std::rand\b' $(SOURCES) \
	  || { echo "use core/random.hpp"; exit 1; }
	@! ls -d */ *.* 2>/dev/null | grep -vxE 'src/|envs/|tests/|notebooks_cpp/|docs/|build/|runs/|README.md' \
	  || { echo "the top holds seven entries only"; exit 1; }

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
