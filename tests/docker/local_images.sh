#!/bin/sh
# Builds stand-ins for the images that the tests need, where none can be pulled.
#
#   local_images.sh [base|python|kafka]...   default: all; what is there is left as it is
#
#   debian:bookworm-slim   debootstrap's minimal system, with this host's certificates
#   python:X.Y-slim        that and this host's python X.Y ($PYTHON_VERSION or 3.13), pip
#   apache/kafka:VERSION   that and a jlinked Java runtime and Apache Kafka's jars
#
# For Debian and root, with a Docker engine that answers (docker_engine.sh).
# The names are those of the published images; nothing of those images is in them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
python_version=${PYTHON_VERSION:-3.13}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DEBIAN_FRONTEND=noninteractive DOCKER_BUILDKIT=0

missing() { ! docker image inspect "$1" >"$work/inspect" 2>&1; }

# Runs a command and shows its output only when it fails.
quietly() { "$@" >"$work/log" 2>&1 || { tail -40 "$work/log" >&2; exit 1; }; }

build_base() {
    missing debian:bookworm-slim || return 0
    command -v debootstrap >"$work/which" || quietly apt-get \
        -o DPkg::Lock::Timeout=300 install -qq -y --no-install-recommends debootstrap
    # shellcheck disable=SC2016 # $(REPO_URI) is apt's own
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
        grep -v security | head -n 1)
    packages=ca-certificates,netbase,tzdata,libssl3,libffi8,libsqlite3-0,zlib1g,libbz2-1.0
    packages=$packages,liblzma5,libreadline8,libncursesw6,libuuid1,libexpat1
    quietly debootstrap --variant=minbase --include="$packages" bookworm "$work/root" "$mirror"
    (cd "$work/root" && rm -rf var/cache/apt/*.bin var/cache/apt/archives/*.deb \
        var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale)
    bundle=${SSL_CERT_FILE:-$(openssl version -d | cut -d'"' -f2)/certs/ca-certificates.crt}
    cp -L "$bundle" "$work/root/etc/ssl/certs/ca-certificates.crt"
    tar -C "$work/root" -c . |
        docker import --change 'CMD ["bash"]' - debian:bookworm-slim >"$work/id"
}

build_python() {
    missing "python:$python_version-slim" || return 0
    build_base
    prefix='import sys; print(sys.base_prefix)'
    from=$("python$python_version" -c "$prefix" 2>"$work/shim") ||
        from=$(pyenv prefix "$python_version")
    usr=$work/python/rootfs/usr/local
    mkdir -p "$usr/bin" "$usr/lib/python$python_version/site-packages"
    cp -a "$from/bin/python$python_version" "$usr/bin/"
    cp -a "$from"/lib/libpython*.so* "$usr/lib/" 2>"$work/static" || true
    tar -C "$from/lib" -c --exclude=site-packages --exclude=test --exclude=idlelib \
        --exclude=tkinter --exclude=__pycache__ --exclude='config-*' \
        "python$python_version" | tar -C "$usr/lib" -x
    cp "$here/python-image/Dockerfile" "$work/python/"
    quietly docker build --build-arg "VERSION=$python_version" \
        -t "python:$python_version-slim" "$work/python"
}

build_kafka() {
    home=$(cd "$here/../.." && "${PYTHON:-python3}" -m tests.kafka.cluster install)
    version=${home##*-}
    missing "apache/kafka:$version" || return 0
    build_base
    root=$work/kafka/rootfs
    mkdir -p "$root/opt/kafka" "$root/usr/local/bin"
    java=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
    modules=java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.security.auth
    quietly "$java/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes \
        --no-header-files --no-man-pages --output "$root/opt/java"
    cp -r "$home/jars" "$home/log4j2.properties" "$root/opt/kafka/"
    cp "$here/kafka-image/Dockerfile" "$work/kafka/"
    for script in kafka-java kafka-archive kafka-run; do
        install -m 755 "$here/kafka-image/$script" "$root/usr/local/bin/"
    done
    quietly docker build -t "apache/kafka:$version" "$work/kafka"
}

docker version >"$work/version" 2>&1 ||
    { echo "local_images.sh: no Docker engine answers" >&2; exit 1; }
for image in "${@:-all}"; do
    case $image in
        all) build_base; build_python; build_kafka ;;
        base | python | kafka) "build_$image" ;;
        *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
