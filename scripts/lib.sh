# SPDX-License-Identifier: Apache-2.0
# Shared by quickstart.sh and test.sh; sourced, never run.

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }
say() { printf '    %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

need_root() {
  [ "$(id -u)" -eq 0 ] || fail "this needs root (containers do): run it with sudo"
  [ "$(uname -s)" = Linux ] || fail "this needs Linux"
}

has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

# Which of "program:package" (or "lib=soname:package") are missing, as package names.
missing_packages() {
  local pair name package
  for pair in "$@"; do
    name=${pair%%:*} package=${pair#*:}
    case $name in
      lib=*) has_library "${name#lib=}" || printf '%s\n' "$package" ;;
      *) command -v "$name" >/dev/null 2>&1 || printf '%s\n' "$package" ;;
    esac
  done | sort -u
}

# Installs what is missing of the given pairs; says clearly what cannot be had.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    say "everything is there"
    return
  fi
  missing=$(echo "$missing" | tr '\n' ' ')
  command -v apt-get >/dev/null 2>&1 ||
    fail "these are missing, and there is no apt-get to install them with: $missing"
  say "installing: $missing"
  # A package's service is not to be started: Berth runs its own containerd.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=1
  fi
  # shellcheck disable=SC2086
  if ! { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing ||
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; }; } \
    >"$logs/apt.log" 2>&1; then
    [ -z "$made" ] || rm -f "$policy"
    tail -n 20 "$logs/apt.log" >&2
    fail "apt-get could not install: $missing (the whole log is in $logs/apt.log)"
  fi
  [ -z "$made" ] || rm -f "$policy"
}

# Installs the npm packages, once per state of the lock file.
install_node_modules() {
  command -v npm >/dev/null 2>&1 || fail "npm is missing: install Node.js 20 or later with npm (https://nodejs.org, or apt-get install nodejs npm)"
  if [ -x node_modules/.bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ]; then
    say "npm packages are there"
    return
  fi
  say "npm ci"
  npm ci --ignore-scripts >"$logs/npm.log" 2>&1 || {
    tail -n 20 "$logs/npm.log" >&2
    fail "npm ci failed (the whole log is in $logs/npm.log)"
  }
  touch node_modules/.package-lock.json
  [ -x node_modules/.bin/node ] || fail "npm brought no Node.js 24 for this machine ($(uname -m)): install Node.js 24 and put it first in PATH"
}

# Makes the bundle when a source is newer than it.
build_bundle() {
  if [ -f dist/berthd.mjs ] && [ -z "$(find src package.json scripts/build.ts -newer dist/berthd.mjs -print -quit)" ]; then
    say "the bundle is fresh"
    return
  fi
  npm run --silent build || fail "the build failed"
}
