#!/usr/bin/env bash
# Runs unmodified clients of LibreTranslate and DeepL against a server: run.sh URL FOLDER
# The clients are fetched into FOLDER, where they stay for the next time. Each check that holds is one line; the first that does not ends it.
set -euo pipefail

url=${1:?URL of the server, without a slash at the end}
folder=${2:?folder for the clients}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

mkdir -p -- "$folder"
[[ -x $folder/venv/bin/python ]] || python3 -m venv -- "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install -r "$here/requirements.txt"
cp -- "$here/package.json" "$here/check.mjs" "$folder"
(cd -- "$folder" && npm install --silent --no-audit --no-fund)

"$folder/venv/bin/python" "$here/check.py" "$url"
(cd -- "$folder" && node check.mjs "$url")
