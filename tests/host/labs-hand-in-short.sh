#!/bin/bash
# Of labs-hand-in.sh what needs no kernel of its own, for every change.
# shellcheck disable=SC2034 # labs-hand-in.sh reads it
short=1
. "${0%/*}/labs-hand-in.sh"
