#!/bin/bash
# Asks the server itself: it must be this deployment that answers. That it is ill is certain as soon as it says so.
set -euo pipefail
. "$(dirname "$0")/place.sh"
answer=""
for _ in $(seq 1 40); do
  answer="$(node -e "fetch('http://127.0.0.1:$port/health').then(async (it) => console.log(it.status, await it.text()), () => undefined)")"
  case "$answer" in
    "200 "*"\"$DEPLOYMENT_ID\""*) echo "healthy: $answer"; exit 0 ;;
    "503 "*"\"$DEPLOYMENT_ID\""*) break ;;
  esac
  sleep 0.25
done
echo "no healthy answer on port $port: ${answer:-nothing listens there}"
tail -n 5 "$run/server.log"
exit 1
