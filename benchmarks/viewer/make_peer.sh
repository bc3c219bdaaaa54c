# Makes the environment in which IBL Viewer 2.4.7 still runs: Python 3.9 and the libraries of 2022.
#   sh benchmarks/viewer/make_peer.sh /path/to/python3.9
set -eu
python=${1:-python3.9}
folder=$(dirname "$0")/../../.peer/iblviewer
"$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --no-deps --require-hashes --requirement "$(dirname "$0")/requirements-iblviewer.lock"
