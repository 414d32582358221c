#!/bin/bash
# A deployment that was rolled back may have left its server running: the rollback stops the revision before it, which is the same script.
set -euo pipefail
. "$(dirname "$0")/place.sh"
"$(dirname "$0")/stop.sh"
# The agent waits until nobody holds the script's output any more, so the server gets files of its own.
PORT="$port" DEPLOYED="$run/deployed.json" nohup node "$site/server.mjs" > "$run/server.log" 2>&1 < /dev/null &
echo "$!" > "$run/server.pid"
