#!/bin/bash
# What the page shows of how it came here.
set -euo pipefail
. "$(dirname "$0")/place.sh"
printf '{"deployment":"%s","group":"%s"}\n' "$DEPLOYMENT_ID" "$DEPLOYMENT_GROUP_NAME" > "$run/deployed.json"
