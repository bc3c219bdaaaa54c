# Browser tests drive the system's Chromium, and pages of the viewer need an OpenGL that draws without a screen:
# installs both where that is allowed, and says so where it is not.
set -u
missing=chromium
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then missing=; fi
done
if ! { /sbin/ldconfig -p 2>/dev/null || true; } | grep -q libEGL; then missing="$missing libegl1 libgl1-mesa-dri"; fi
if [ -z "$missing" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing $missing for the browser tests"
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
    export PATH DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
    echo "Not installed: $missing. Tests that need it are skipped" >&2
else
    echo "Not here: $missing. Tests that need it are skipped (as root on Debian: apt-get install $missing)" >&2
fi
exit 0
