#!/usr/bin/env bash
# Make sure that a Chromium or Chrome is installed for the browser tests. As root on Debian or Ubuntu
# it is installed; elsewhere the browser tests say how to get one.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium for the browser tests"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
