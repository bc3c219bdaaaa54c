# Browser tests drive the system's Chromium: installs it where that is allowed, and says so where it is not.
set -u
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests"
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
    export PATH DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
    echo "Chromium could not be installed: browser tests are skipped" >&2
else
    echo "No Chromium here: browser tests are skipped (as root: apt-get install chromium)" >&2
fi
exit 0
