#!/usr/bin/env bash
# Make sure that haproxy is installed for the tests of the load balancer. As root on Debian or Ubuntu it is
# installed; elsewhere those tests are skipped and say how to get it.
set -eu
command -v haproxy >/dev/null && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing haproxy for the tests of the load balancer"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends haproxy >/dev/null
fi
