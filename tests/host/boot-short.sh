#!/bin/bash
# boot.sh with less of mode=bench, which takes more than a minute.
# shellcheck disable=SC2034 # boot.sh reads it
short=1
. "${0%/*}/boot.sh"
