# Browser tests drive the system's Chromium; pages of the viewer need an OpenGL that draws without a screen, and its
# windows a screen, which Xvfb pretends to be. Installs them where that is allowed, and says so where it is not.
set -u
missing=chromium
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then missing=; fi
done
libraries=$(/sbin/ldconfig -p 2>/dev/null || true)
case $libraries in *libEGL*) ;; *) missing="$missing libegl1 libgl1-mesa-dri" ;; esac
case $libraries in *libxcb-cursor*) ;; *) missing="$missing libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
    libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libdbus-1-3" ;; esac
command -v Xvfb >/dev/null 2>&1 || missing="$missing xvfb"
missing=$(echo $missing)
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
