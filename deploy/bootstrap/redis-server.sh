#!/usr/bin/env bash
# Make sure that redis-server is installed for the tests of TASK_BROKER_URL. As root on Debian or Ubuntu it is
# installed; elsewhere those tests are skipped and say how to get it.
set -eu
command -v redis-server >/dev/null && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing redis-server for the tests of the broker"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
