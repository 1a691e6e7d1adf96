#!/bin/bash
# Of mutations.sh a sample, for every change: some five minutes.
# shellcheck disable=SC2034 # mutations.sh reads it
sample=5
. "${0%/*}/mutations.sh"
