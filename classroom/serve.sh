#!/bin/bash
# Serve the page on the local network, for a room with Wi-Fi.  ./build.sh classroom --serve calls this.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../build/classroom"

# Nothing but the page is served.
rm -rf served
mkdir served
ln clone_with_pids.html served/index.html
exec node node_modules/sirv-cli/bin.js served --host 0.0.0.0 --port 8080 --gzip
