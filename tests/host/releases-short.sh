#!/bin/bash
# releases.sh, of which CI can pay for a part each time.
. "${0%/*}/releases.sh"
