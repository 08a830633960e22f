#!/usr/bin/env bash
# Builds the image for a processor from docker/Dockerfile and tries it, on a machine where no Docker engine runs: buildah goes through the
# Dockerfile in chroots, on a Debian that debootstrap makes; the result is started as a container would be, in mount and process namespaces
# of its own, read-only but for a small /tmp that executes nothing, as the image's user and without privileges. Then it translates, and
# has to end by SIGTERM without losing the request under way.
#
# Needs root, Linux, and Debian's packages buildah, debootstrap, curl and jq. Network: Debian's mirror and Maven Central.
#
#   docker/try-without-docker.sh [FOLDER]
#
# FOLDER (default target/image) keeps the Debian and the built image; it takes some GB. Environment: DEBIAN_MIRROR; PORT (18080;
# management is the one after it); STORAGE_DRIVER (overlay; vfs works on every file system, and copies every layer whole). Behind a proxy
# that has certificates of its own, CA_CERTIFICATE=FILE.crt names the authority that the build is to trust.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

folder=$(mkdir -p -- "${1:-target/image}" && cd -- "${1:-target/image}" && pwd -P)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
port=${PORT:-18080}
management_port=$((port + 1))
image=localhost/dragoman:tried
debian=localhost/debian:bookworm
server='' unshare='' container=''

say() {
  printf '%-52s %s\n' "$1" "${2:-}"
}

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  [[ ! -s $folder/server.log ]] || tail -n 40 -- "$folder/server.log" >&2
  exit 1
}

images() {
  buildah --root "$folder/storage" --runroot "$folder/run" --storage-driver "${STORAGE_DRIVER:-overlay}" "$@"
}

clean_up() {
  # The first process of its namespace, with which all others end; it has become another user, so it does not end with its parent.
  [[ -z $unshare ]] || pkill -KILL -P "$unshare" || true
  [[ -z $container ]] || images rm "$container" > /dev/null || true
}

now() {
  date +%s%N
}

seconds_since() {
  awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f s", (to - from) / 1e9 }'
}

megabytes() {
  awk -v bytes="$1" 'BEGIN { printf "%.0f MB", bytes / 1e6 }'
}

make_debian() {
  images inspect --type image "$debian" > /dev/null 2>&1 && return
  debootstrap --variant=minbase bookworm "$folder/debian" "$mirror" > "$folder/debootstrap.log" || fail "see $folder/debootstrap.log"
  # As Debian's own images, nothing that is only a cache.
  rm -rf -- "$folder"/debian/var/cache/apt/archives/*.deb "$folder"/debian/var/lib/apt/lists/*
  local base
  base=$(images from scratch)
  images add --quiet "$base" "$folder/debian" / > /dev/null
  # Whoever installs Debian's ca-certificates on top trusts it then.
  [[ -z ${CA_CERTIFICATE:-} ]] || images add --quiet "$base" "$CA_CERTIFICATE" /usr/local/share/ca-certificates/ > /dev/null
  images commit --quiet --rm "$base" "$debian" > /dev/null
  rm -rf -- "$folder/debian"
}

build() {
  local begin
  begin=$(now)
  images bud --layers --isolation chroot --format docker --target cpu --build-arg DEBIAN="$debian" --build-arg VERSION=tried \
    --tag "$image" --file docker/Dockerfile . > "$folder/build.log" 2>&1 || {
    tail -n 40 -- "$folder/build.log" >&2
    fail "the build; see $folder/build.log"
  }
  say 'Build' "$(seconds_since "$begin")"
}

# One field of the image's configuration.
configured() {
  images inspect --type image "$image" | jq -r ".Docker.config | $1"
}

# Runs a command in the image's root as its user: the arguments of a shell's exec, after those that are for the new root.
in_image() {
  local environment=()
  # No process substitution: what it starts would stay a child of the program that this becomes, beside the server.
  mapfile -t environment <<< "$(configured '.Env[]')"
  exec unshare --mount --pid --fork --kill-child --propagation private bash -c '
    set -euo pipefail
    root=$1 user=$2
    shift 2
    mount --bind "$root" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs "$root/tmp"
    mount -t tmpfs -o nosuid,noexec,mode=755,size=64k tmpfs "$root/dev"
    for device in null zero random urandom; do
      touch "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    mount -o remount,bind,ro "$root"
    exec setpriv --no-new-privs chroot --userspec="$user" "$root" "$@"' \
    bash "$root" "$user" /usr/bin/env -i --chdir=/opt/dragoman "${environment[@]}" \
    SERVER_ADDRESS=127.0.0.1 MANAGEMENT_SERVER_ADDRESS=127.0.0.1 SERVER_PORT="$port" MANAGEMENT_SERVER_PORT="$management_port" "$@"
}

status_of() {
  curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$1" || true
}

await_ready() {
  local deadline=$((SECONDS + 120))
  until [[ $(status_of "http://127.0.0.1:$port/readyz") == 200 ]]; do
    kill -0 "$unshare" 2> /dev/null || fail 'the server ended while it started'
    ((SECONDS < deadline)) || fail 'the server is not ready after 120 s'
    sleep 0.05
  done
}

# Of the kernel's account of the server's process.
told_by_kernel() {
  awk -v key="$1:" '$1 == key { print $2 }' "/proc/$server/status"
}

check_confinement() {
  [[ $(told_by_kernel Uid) == 65532 ]] || fail "the server runs as user $(told_by_kernel Uid)"
  [[ $(told_by_kernel CapEff) == 0000000000000000 ]] || fail "the server has capabilities $(told_by_kernel CapEff)"
  [[ $(told_by_kernel NoNewPrivs) == 1 ]] || fail 'the server could gain privileges'
  awk '$5 == "/" { options = $6 } END { exit options !~ /^ro(,|$)/ }' "/proc/$server/mountinfo" || fail 'the root is writable'
  say 'User, capabilities, root' '65532, none, read-only'
}

check_translation() {
  local answer
  answer=$(curl --silent --fail --max-time 60 -H 'Content-Type: application/json' \
    -d '{"q":"The package could not be installed.","source":"en","target":"fr"}' "http://127.0.0.1:$port/translate") \
    || fail 'no translation'
  [[ $(jq -r .translatedText <<< "$answer") == *paquet* ]] || fail "a strange translation: $answer"
  say 'Translation' "$answer"
}

# What it computes by is told by the libraries that the process has in memory.
check_kernels() {
  grep -q '/natives/libdragoman\.so$' "/proc/$server/maps" || fail 'the native kernels are not loaded'
  ! grep -q '/libtorch' "/proc/$server/maps" || fail 'the engine is loaded too'
  [[ -s $root/opt/dragoman/pretrained/shortlist.bin ]] || fail "the model's shortlist is not in the image"
  local by
  by=$(curl --silent --fail "http://127.0.0.1:$port/models" | jq -r '.[0].computedBy')
  [[ $by == *kernels* ]] || fail "the model is computed by $by"
  say 'Computed by' "$by; the engine is not loaded"
}

check_metrics() {
  curl --silent --fail "http://127.0.0.1:$management_port/actuator/prometheus" | grep -q '^translation_queue_tokens{' \
    || fail 'no metric translation_queue_tokens'
  say 'Metrics' 'translation_queue_tokens is there'
}

check_health() {
  local command=() begin
  mapfile -t command < <(configured '.Healthcheck.Test[1:][]')
  begin=$(now)
  (in_image "${command[@]}") || fail 'the health check'
  say 'HEALTHCHECK' "healthy, $(seconds_since "$begin")"
}

# What was written: the image's own files may not have changed, and /tmp is told.
check_writes() {
  local changed
  changed=$(find "$root" -xdev -newer "$folder/started" -print | head -n 5)
  [[ -z $changed ]] || fail "written outside /tmp: $changed"
  say 'Written outside /tmp' 'nothing'
  say 'Written to /tmp' "$(find "/proc/$server/root/tmp" -mindepth 1 -type f | wc -l) files, $(du -sk "/proc/$server/root/tmp" | cut -f 1) kB"
  if find "/proc/$server/root/tmp" -name '*.so*' -o -name 'jna*' | grep -q .; then
    fail 'a library was unpacked to /tmp'
  fi
}

check_end() {
  local begin status=0 request seen=none answered
  request=$(jq -n '{q: ([range(200) | "Step \(.) opens the file of user number \(. * 7)."] | join(" ")), source: "en", target: "fr"}')
  curl --silent --output "$folder/last-answer.json" --max-time 120 --write-out '%{http_code}' -H 'Content-Type: application/json' \
    -d "$request" "http://127.0.0.1:$port/translate" > "$folder/last-status" &
  local client=$!
  until curl --silent "http://127.0.0.1:$management_port/actuator/prometheus" | grep -Eq '^translation_queue_tokens\{.*\} [1-9]'; do
    kill -0 "$client" 2> /dev/null || fail 'the last request was answered before the server was told to end'
  done
  begin=$(now)
  kill -TERM "$server"
  while kill -0 "$client" 2> /dev/null; do
    [[ $(status_of "http://127.0.0.1:$management_port/actuator/health/readiness") != 503 ]] || seen=503
    sleep 0.1
  done
  wait "$client" || fail 'the last request was cut off'
  answered=$(< "$folder/last-status")
  [[ $answered == 200 ]] || fail "the last request was answered with $answered"
  [[ $seen == 503 ]] || fail 'readiness did not say no while the server was ending'
  wait "$unshare" || status=$?
  [[ $status == 143 ]] || fail "exit status $status"
  server='' unshare=''
  say 'End by SIGTERM, 200 sentences under way' "answered, not ready meanwhile, exit status 143 after $(seconds_since "$begin")"
}

[[ $(id -u) == 0 ]] || fail 'this needs root, for chroots and mounts'
for program in buildah debootstrap curl jq unshare setpriv; do
  command -v "$program" > /dev/null || fail "$program is missing"
done
trap clean_up EXIT

make_debian
build
container=$(images from --pull-never "$image")
root=$(images mount "$container")
user=$(configured .User)
say 'Image, unpacked' "$(megabytes "$(du -sb --one-file-system "$root" | cut -f 1)")"
for part in opt/java opt/dragoman/libtorch opt/dragoman/lib opt/dragoman/classes.jsa opt/dragoman/pretrained; do
  say "  /$part" "$(megabytes "$(du -sb "$root/$part" | cut -f 1)")"
done

[[ $(status_of "http://127.0.0.1:$port/readyz") == 000 ]] || fail "port $port is taken"
mapfile -t entry_point < <(configured '.Entrypoint[]')
rm -f -- "$folder/server.log"
touch -- "$folder/started"
begin=$(now)
(in_image "${entry_point[@]}") > "$folder/server.log" 2>&1 &
unshare=$!
await_ready
say 'From start to ready' "$(seconds_since "$begin")"
server=$(pgrep -P "$unshare" | head -n 1)
check_confinement
check_translation
check_kernels
check_metrics
check_health
say 'Most memory resident' "$(told_by_kernel VmHWM) kB"
check_writes
check_end
