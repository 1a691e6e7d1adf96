# What depends on what.  Each folder's build.mk says it for that folder; build.sh is what a person types.

B := build
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

# A user's environment does not get into the steps, even if make is called without build.sh (environment.list).
foreign := $(foreach v,$(.VARIABLES),$(if $(filter environment,$(origin $v)),$v))
unexport $(filter-out $(shell sed '/^\#/d' environment.list),$(foreign))

# The one date of everything that is built: that of Linux 6.12.
export SOURCE_DATE_EPOCH := 1731801600
export LC_ALL := C
export TZ := UTC

# $(call say,WHAT): what is being done, in a line.
say = @echo '$1'

# $(call logged,NAME,COMMAND): keep COMMAND's output in the log NAME, and show the log's end if COMMAND fails.
logged = @$2 >$B/log/$1.log 2>&1 || { $(call show_log,$1); exit 1; }
show_log = { echo '--- the last lines of $B/log/$1.log:'; tail -n 20 $B/log/$1.log; } >&2

.PHONY: all FORCE
all: $B/bzImage $B/initramfs.cpio $B/tests.cpio.gz $B/initramfs.cpio.gz $B/clone_with_pids.iso

include kernel/build.mk
include kernel/steps.mk
include lib/build.mk
include cr/build.mk
include tools/build.mk
include demo/build.mk
include initramfs/build.mk
include iso/build.mk
include classroom/build.mk
include labs/build.mk
include tests/build.mk
include tests/kselftest/build.mk
include tests/mutations/build.mk
include tests/series/build.mk

$(shell mkdir -p $B/log)
