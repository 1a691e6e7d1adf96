#!/bin/bash
# firmware.sh with two boots by UEFI in place of six.
# shellcheck disable=SC2034 # firmware.sh reads it
short=1
. "${0%/*}/firmware.sh"
