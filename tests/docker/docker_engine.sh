#!/bin/sh
# Starts and stops a private Docker engine for the tests, where no Docker service runs.
#
#   docker_engine.sh start    installs docker.io on first use, starts dockerd,
#                             prints an export line for clients
#   docker_engine.sh stop     removes the containers, stops dockerd (images stay)
#   docker_engine.sh status   exit code 0 when it answers
#
# For Debian and root.  State: $DOCKER_ENGINE_DIR (default: docker-engine in the
# temporary folder; not on an overlay file system).
# The engine leaves the firewall alone and publishes ports on the loopback address only.
# Containers reach each other and the host; what must reach a package registry needs
# `--network host`.
set -eu

dir=${DOCKER_ENGINE_DIR:-${TMPDIR:-/tmp}/docker-engine}
export DOCKER_HOST="unix://$dir/docker.sock"
bridge=docker0

answers() { docker version >"$dir/version" 2>&1; }

install() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qq -y \
        --no-install-recommends docker.io iptables >"$dir/install.log" 2>&1 ||
        { cat "$dir/install.log" >&2; exit 1; }
}

start() {
    mkdir -p "$dir"
    if ! answers; then
        command -v dockerd >"$dir/which" || install
        rm -f "$dir/dockerd.pid" # of an engine that was killed
        setsid dockerd --data-root "$dir/data" --exec-root "$dir/exec" \
            --pidfile "$dir/dockerd.pid" --host "$DOCKER_HOST" \
            --iptables=false --ip 127.0.0.1 </dev/null >"$dir/dockerd.log" 2>&1 &
        engine=$!
        until answers; do
            kill -0 "$engine" 2>"$dir/kill" || { tail -20 "$dir/dockerd.log" >&2; exit 1; }
            sleep 0.1
        done
    fi
    # Ryuk, which removes forgotten containers, is an image that cannot be pulled here:
    # `stop` does its work.
    echo "export DOCKER_HOST=$DOCKER_HOST TESTCONTAINERS_RYUK_DISABLED=true" \
        "TESTCONTAINERS_CONNECTION_MODE=docker_host"
}

stop() {
    answers || { echo "docker engine: not running"; return; }
    docker ps -aq | xargs -r docker rm -f >"$dir/removed"
    engine=$(cat "$dir/dockerd.pid")
    kill "$engine"
    while kill -0 "$engine" 2>"$dir/kill"; do sleep 0.1; done
    ip link delete "$bridge"
    # Containers of the host's network leave this mount behind.
    umount "$dir/exec/netns/default" 2>"$dir/umount" || true
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    status) answers ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
