#!/bin/bash
# guest.sh with fewer samples in the suites that take samples.
# shellcheck disable=SC2034 # guest.sh reads it
effort=--quick
. "${0%/*}/guest.sh"
