#!/usr/bin/env bash
# Make sure that WeasyPrint, which writes the PDF reports, finds the system libraries it loads.
# Usage: system-libraries PYTHON
set -eu

python=$1
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"

# A warning counts as missing: it announces a library that is optional for now.
loads() { "$python" -W error -c 'import weasyprint' >/dev/null 2>&1; }

loads && exit 0

if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    echo "Installing the libraries that the PDF reports need: $packages"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    loads && exit 0
  fi
  echo "The PDF reports need a few system libraries. Install them, then run make again:" >&2
  echo "  sudo apt-get install -y $packages" >&2
elif command -v brew >/dev/null; then
  echo "The PDF reports need Pango. Install it, then run make again:" >&2
  echo "  brew install pango" >&2
else
  echo "The PDF reports need Pango and HarfBuzz from your system's packages (on Fedora: sudo dnf install pango)." >&2
fi
exit 1
