# Where it lies and where it listens. In the local cloud an instance is a directory with a port of its own;
# on EC2 neither variable is set.
site="${INSTANCE_ROOT:-}/srv/web-revision"
run="${INSTANCE_ROOT:-}/run/web-revision"
port="${INSTANCE_PORT:-8080}"
