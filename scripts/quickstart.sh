#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds berthd, starts it on a socket and a data root of its own, and runs a first container.
# Can be run again at any time. `./scripts/quickstart.sh stop` stops that berthd, `… remove` also removes its data.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

data=/var/lib/berth-quickstart
run=/run/berth-quickstart
socket=$run/berth.sock
bridge=berth0
image=berth/busybox:latest
logs=/var/log/berth-quickstart

running_pid() {
  local pid
  pid=$(cat "$run/berthd.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ -d "/proc/$pid" ] && echo "$pid"
}

api() {
  local method=$1 path=$2
  shift 2
  curl -sS --unix-socket "$socket" -X "$method" "http://berth$path" "$@"
}

answers() { [ "$(api GET /_ping --max-time 2 2>/dev/null)" = OK ]; }

stop_daemon() {
  local pid
  if pid=$(running_pid); then
    say "stopping berthd (process $pid)"
    kill -TERM "$pid"
    for _ in $(seq 300); do
      [ -d "/proc/$pid" ] || break
      sleep 0.1
    done
    [ ! -d "/proc/$pid" ] || fail "berthd (process $pid) does not stop: see $logs/berthd.log"
  else
    say "berthd is not running"
  fi
  if [ -d "/sys/class/net/$bridge" ]; then ip link delete "$bridge"; fi
}

case ${1:-start} in
  start) ;;
  stop | remove)
    need_root
    stop_daemon
    if [ "$1" = remove ]; then
      rm -rf --one-file-system "$data" "$run" "$logs"
      say "its data are removed"
    fi
    exit 0
    ;;
  *) fail "usage: $0 [start|stop|remove]" ;;
esac

need_root
mkdir -p "$logs" "$run"
chmod 0711 "$run"

step "1/5 Programs of the system"
install_packages containerd:containerd runc:runc lib=libnftables.so.1:libnftables1 ip:iproute2 curl:curl \
  busybox:busybox-static tini-static:tini tar:tar sha256sum:coreutils

step "2/5 Packages of npm, and the build"
install_node_modules
build_bundle

step "3/5 berthd, on its own socket and data root"
# An own bridge with a subnet that nobody uses: a docker0 that is already there is left alone.
make_bridge() {
  [ ! -d "/sys/class/net/$bridge" ] || return 0
  local third
  for third in 199 198 197 213 233; do
    if [ -z "$(ip -4 route show to match "10.$third.0.1" | grep -v '^default' || true)" ]; then
      ip link add "$bridge" type bridge || return 1
      ip addr add "10.$third.0.1/24" dev "$bridge" && ip link set "$bridge" up
      return
    fi
  done
  return 1
}
if running_pid >/dev/null && answers; then
  say "it runs already (process $(running_pid))"
else
  make_bridge || fail "the bridge $bridge could not be made: is there a free subnet among 10.199.0.0/24 and its like?"
  setsid ./bin/berthd --data-root "$data" --exec-root "$run/exec" --pidfile "$run/berthd.pid" \
    --host "unix://$socket" --bridge "$bridge" >>"$logs/berthd.log" 2>&1 </dev/null &
  child=$!
  for _ in $(seq 600); do
    if answers; then break; fi
    if ! kill -0 "$child" 2>/dev/null; then
      tail -n 20 "$logs/berthd.log" >&2
      fail "berthd did not start (the whole log is in $logs/berthd.log)"
    fi
    sleep 0.1
  done
  answers || fail "berthd does not answer (its log is $logs/berthd.log)"
  say "it answers on unix://$socket"
fi
say "$(api GET /version | sed 's/.*"Platform":{"Name":"\([^"]*\)"}.*/\1/') $(api GET /version | sed 's/.*"Version":"\([^"]*\)","ApiVersion":"\([^"]*\)".*/\1, API \2/')"

step "4/5 A first image, made here from busybox: no internet is needed"
if [ "$(api GET "/images/$image/json" -o /dev/null -w '%{http_code}')" = 200 ]; then
  say "$image is there"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/root/bin" "$work/root/etc" "$work/root/tmp" "$work/root/root" "$work/archive"
  cp "$(readlink -f "$(command -v busybox)")" "$work/root/bin/busybox"
  for applet in $("$work/root/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$work/root/bin/$applet"
  done
  chmod 1777 "$work/root/tmp"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$work/root/etc/passwd"
  echo 'root:x:0:' >"$work/root/etc/group"
  tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$work/root" -cf "$work/archive/layer.tar" .
  layer=$(sha256sum "$work/archive/layer.tar" | cut -d' ' -f1)
  case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  cat >"$work/archive/config.json" <<JSON
{"architecture":"$arch","os":"linux","created":"1970-01-01T00:00:00Z",
 "config":{"Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["sh"]},
 "rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
 "history":[{"created":"1970-01-01T00:00:00Z","created_by":"quickstart.sh from busybox-static"}]}
JSON
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]\n' "$image" >"$work/archive/manifest.json"
  answer=$(tar -C "$work/archive" -cf - manifest.json config.json layer.tar |
    api POST '/images/load?quiet=1' -H 'Content-Type: application/x-tar' --data-binary @-)
  case $answer in *'"error'*) fail "the image could not be loaded: $answer" ;; esac
  [ "$(api GET "/images/$image/json" -o /dev/null -w '%{http_code}')" = 200 ] || fail "the image could not be loaded: $answer"
  say "$image is loaded"
fi

step "5/5 A first container"
# shellcheck disable=SC2016
create='{"Image":"'$image'","Tty":true,"Cmd":["sh","-c","echo \"Hello from a container on Berth.\"; echo \"I am process $$ on $(hostname), kernel $(uname -r), address $(hostname -i).\""]}'
answer=$(api POST /containers/create -H 'Content-Type: application/json' -d "$create")
id=$(printf '%s' "$answer" | sed -n 's/.*"Id":"\([0-9a-f]*\)".*/\1/p')
[ -n "$id" ] || fail "the container could not be created: $answer"
answer=$(api POST "/containers/$id/start" -w '%{http_code}')
[ "$answer" = 204 ] || fail "the container could not be started: $answer"
status=$(api POST "/containers/$id/wait" | sed -n 's/.*"StatusCode":\([0-9]*\).*/\1/p')
api GET "/containers/$id/logs?stdout=1&stderr=1" | sed 's/^/    | /'
api DELETE "/containers/$id" >/dev/null
[ "$status" = 0 ] || fail "the container ended with status ${status:-unknown}"

step "Berth runs. How to go on"
cat <<TEXT
    docker -H unix://$socket ps
    docker -H unix://$socket run --rm -it $image
    export DOCKER_HOST=unix://$socket      # from here on docker means Berth
    tail -f $logs/berthd.log               # what the daemon says
    $0 stop                                # stop it; 'remove' instead of 'stop' removes its data too
TEXT
command -v docker >/dev/null 2>&1 || say "(the docker CLI is not installed: apt-get install docker.io, or use curl --unix-socket $socket http://berth/…)"
