#!/bin/bash
# Of labs-kernel.sh a sample, for every change: of the wrong kernels two, drawn by the date.
# shellcheck disable=SC2034 # labs-kernel.sh reads it
sample=2
. "${0%/*}/labs-kernel.sh"
