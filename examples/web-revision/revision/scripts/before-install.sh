#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/place.sh"
command -v node >/dev/null || { echo "node is not installed on this instance"; exit 1; }
mkdir -p "$site" "$run"
