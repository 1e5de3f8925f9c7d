#!/usr/bin/env bash
# A Chromium for the site's tests: the machine's own, else Playwright's, else Debian's package.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
echo "Setting up a Chromium for the site's tests ..."
timeout 300 "$1/python" -m playwright install chromium >/dev/null 2>&1 && exit 0
apt_get="apt-get"
[ "$(id -u)" = 0 ] || apt_get="sudo -n apt-get"
$apt_get update -qq && $apt_get install -y -qq chromium >/dev/null && exit 0
echo "No Chromium could be set up: install one (Debian: apt-get install chromium) and run make test again." >&2
exit 1
