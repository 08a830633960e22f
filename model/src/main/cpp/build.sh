#!/bin/sh
# Builds the kernels and puts them where the class path has them: build.sh BUILD_FOLDER CLASSES_FOLDER PLATFORM
# Without the tools it says so and leaves it be: the engine serves then, some times slower.
set -eu
build=$1
classes=$2/dev/dragoman/model/cpu/$3
sources=$(dirname -- "$0")

for tool in cmake c++ make; do
  if ! command -v "$tool" > /dev/null; then
    echo "native kernels are not built: there is no $tool (on Debian and Ubuntu: apt-get install cmake g++ make)" >&2
    exit 0
  fi
done
cmake -S "$sources" -B "$build" -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$build/library" > "$build.log" 2>&1 &&
  cmake --build "$build" --parallel 2 >> "$build.log" 2>&1 || {
  cat "$build.log" >&2
  exit 1
}
mkdir -p "$classes"
cp "$build"/library/* "$classes"/
