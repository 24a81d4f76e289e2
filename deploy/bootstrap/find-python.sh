#!/usr/bin/env bash
# Print the path of a Python that Hindcast runs on: 3.12 or newer. Explain what to do where there is none.
set -u

recent_enough() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

candidates=(python3.14 python3.13 python3.12 python3)
# pyenv keeps versions that are installed, yet on nobody's PATH.
for version in 3.14 3.13 3.12; do
  for path in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python; do
    [ -x "$path" ] && candidates+=("$path")
  done
done

for candidate in "${candidates[@]}"; do
  if recent_enough "$candidate"; then
    command -v "$candidate"
    exit 0
  fi
done

echo "Hindcast needs Python 3.12 or newer with its venv module; none was found." >&2
echo "Install one: 'apt install python3 python3-venv' (Debian 13, Ubuntu 24.04), 'brew install python@3.13', or 'pyenv install 3.13'." >&2
exit 1
