#!/usr/bin/env bash
# See that Java 17 or newer is there; as root on Debian or Ubuntu install it, elsewhere say the one command.
# What is installed is a JDK: the LogStore for S3 stores is compiled from its source.
set -euo pipefail
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
version=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' || true)
if [ -n "$version" ] && [ "$version" -ge 17 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless >/dev/null
else
  echo "lakeward needs Java 17 or newer; on Debian or Ubuntu: sudo apt-get install openjdk-17-jre-headless" >&2
  exit 1
fi
