#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up and runs every test: format, types, lint, layers and unit tests; then, as root, the integration suite against a
# real containerd and the suite that compares Berth with Debian's dockerd. Leaves the machine as it found it, but for
# installed packages, the unpacked dockerd in /var/cache/berth-oracle and Compose in /var/cache/berth-clients.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

oracle=/var/cache/berth-oracle
logs=$(mktemp -d /tmp/berth-test-logs.XXXXXX)
trap 'rm -rf "$logs"' EXIT

need_root

step "Programs that the engine and its tests use"
install_packages containerd:containerd runc:runc crun:crun lib=libnftables.so.1:libnftables1 nft:nftables ip:iproute2 \
  docker-registry:docker-registry busybox:busybox-static tini-static:tini iptables:iptables curl:curl jq:jq socat:socat \
  python3:python3 xz:xz-utils zstd:zstd bzip2:bzip2 script:bsdutils nsenter:util-linux

step "Debian's dockerd, to compare with: unpacked, not installed"
if [ -x "$oracle/usr/sbin/dockerd" ]; then
  say "it is there"
else
  mkdir -p "$oracle"
  work=$(mktemp -d)
  if (cd "$work" && chmod 0755 . && { apt-get download docker.io || { apt-get update && apt-get download docker.io; }; }) \
    >"$logs/oracle.log" 2>&1; then
    dpkg -x "$work"/docker.io_*.deb "$oracle"
    say "unpacked to $oracle"
  else
    tail -n 5 "$logs/oracle.log" >&2
    say "it cannot be had: tests that compare are skipped"
  fi
  rm -rf "$work"
fi

step "Clients that tests run: docker-py, and Compose 2.26 of Debian trixie, unpacked, not installed"
if /usr/bin/python3 -c 'import docker' 2>/dev/null; then
  say "docker-py is there"
else
  install_packages docker-py:python3-docker
fi
clients=/var/cache/berth-clients
if [ -x "$clients/docker-compose" ]; then
  say "Compose is there"
elif [ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ]; then
  say "Compose is had for amd64 alone: its tests are skipped"
else
  # The SHA-256 is that of trixie's list of packages.
  compose=http://deb.debian.org/debian/pool/main/d/docker-compose/docker-compose_2.26.1-4_amd64.deb
  compose_sum=47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea
  work=$(mktemp -d)
  if curl -sSfL --retry 3 -o "$work/compose.deb" "$compose" 2>"$logs/compose.log" &&
    echo "$compose_sum  $work/compose.deb" | sha256sum --check --status 2>>"$logs/compose.log" &&
    dpkg -x "$work/compose.deb" "$work/unpacked" 2>>"$logs/compose.log"; then
    mkdir -p "$clients"
    install -m 0755 "$work/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$clients/docker-compose"
    say "unpacked to $clients"
  else
    tail -n 5 "$logs/compose.log" >&2
    say "Compose cannot be had: its tests are skipped"
  fi
  rm -rf "$work"
fi
# The docker CLI of the machine is preferred; without one, the package's.
if ! command -v docker >/dev/null 2>&1 && [ -x "$oracle/usr/bin/docker" ]; then
  mkdir -p "$logs/bin"
  ln -s "$oracle/usr/bin/docker" "$logs/bin/docker"
  PATH="$logs/bin:$PATH"
fi
command -v docker >/dev/null 2>&1 || fail "there is no docker CLI, and docker.io could not be downloaded"

step "Packages of npm, and the build"
install_node_modules
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
build_bundle

step "Format, types, lint, layers, dead code, unit tests"
npm run --silent check

step "Integration: real containers"
npm run --silent test:integration

step "Conformance: the same steps on dockerd and on Berth"
npm run --silent test:conformance

step "Soak: 200 containers of 20 clients, then their networks; the daemon killed every 20 and 15 s (BERTH_SOAK_SECONDS=300 for the full run)"
BERTH_SOAK_SECONDS="${BERTH_SOAK_SECONDS:-60}" npm run --silent test:soak

step "All tests passed"
