#!/bin/bash
# reproducible.sh without a second build of the kernel.
# shellcheck disable=SC2034 # reproducible.sh reads it
short=1
. "${0%/*}/reproducible.sh"
