#!/bin/bash
# Of debug.sh what takes minutes: without the suites that checkpoint and restart many trees.
# shellcheck disable=SC2034 # debug.sh reads it
short=--short
. "${0%/*}/debug.sh"
