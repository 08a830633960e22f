#!/usr/bin/env bash
# Tries the kernels without Java: those for this processor, then those for ARM, in an emulator of a processor that has NEON's dot products
# and of one that has not. Builds the library for ARM too.
#
# Needs cmake, make, g++, a JDK of version 17 or newer and, for ARM, Debian's packages g++-aarch64-linux-gnu and qemu-user.
#
#   model/src/test/cpp/try-neon.sh [FOLDER]
#
# FOLDER (default model/target/kernels-test) takes what is built: the library for ARM is arm/libdragoman.so in it.
set -euo pipefail
sources=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../main/cpp" && pwd -P)
folder=${1:-$sources/../../../target/kernels-test}

for tool in cmake make g++ aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v "$tool" > /dev/null || {
    echo "$tool is missing" >&2
    exit 1
  }
done
# JNI's headers, which are the same for both processors.
JAVA_HOME=${JAVA_HOME:-$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")}
export JAVA_HOME
mkdir -p -- "$folder"

build() {
  local into=$folder/$1
  shift
  cmake -S "$sources" -B "$into" "$@" > "$into.log" &&
    cmake --build "$into" --parallel --target kernels-test --target dragoman >> "$into.log" 2>&1 || {
    cat -- "$into.log" >&2
    exit 1
  }
}

build here
"$folder/here/kernels-test"
build arm -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
  -DCMAKE_EXE_LINKER_FLAGS=-static
echo 'emulated, with dot products:'
qemu-aarch64 -cpu max "$folder/arm/kernels-test" neon
echo 'emulated, without:'
qemu-aarch64 -cpu cortex-a53 "$folder/arm/kernels-test" generic
