# Sourced by .ci/test: finds Chromium and redis-server, or installs them on Debian as root. Sets CHROMIUM_PATH.

first_of() {
  local candidate
  for candidate in "$@"; do
    if command -v "$candidate" 2>/dev/null; then return 0; fi
  done
  return 1
}

find_chromium() {
  first_of "${CHROMIUM_PATH:-chromium}" chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"
}

find_redis() { first_of redis-server; }

ensure_tools() {
  local missing=()
  find_chromium >/dev/null || missing+=(chromium)
  find_redis >/dev/null || missing+=(redis-server)
  if [ ${#missing[@]} -gt 0 ]; then install_tools "${missing[@]}" || return 1; fi
  CHROMIUM_PATH="$(find_chromium)" || return 1
  find_redis >/dev/null || return 1
  export CHROMIUM_PATH
}

install_tools() {
  if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    echo "Installing $* …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y --no-install-recommends "$@" && return 0
  fi
  echo "The tests need: $*" >&2
  echo "  Debian:  sudo apt-get install chromium redis-server" >&2
  echo "  Fedora:  sudo dnf install chromium redis" >&2
  echo "  macOS:   brew install --cask chromium && brew install redis" >&2
  echo "A Chromium or Chrome elsewhere is named by CHROMIUM_PATH." >&2
  return 1
}
