#!/bin/bash
# Runs from the revision that was deployed before; the first deployment has none.
set -euo pipefail
. "$(dirname "$0")/place.sh"
[ -f "$run/server.pid" ] || exit 0
pid="$(cat "$run/server.pid")"
kill "$pid" 2>/dev/null || true
for _ in $(seq 1 50); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
rm -f "$run/server.pid"
