# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What ./run and ./check share: the packages and the build folders. Sourced, never run; the caller sits in the root.

# What is needed, as Debian packages, and as the commands and pkg-config modules that tell on other systems.
build_packages=(build-essential meson ninja-build pkg-config gettext libxml2-utils desktop-file-utils
  libglib2.0-dev libglib2.0-bin libjson-glib-dev libarchive-dev libigraph-dev libopenblas-dev libcairo2-dev
  libgtk-4-dev libgtk-4-bin libadwaita-1-dev
  adwaita-icon-theme librsvg2-common shared-mime-info fonts-dejavu-core)
build_commands=(cc c++ meson ninja pkg-config msgfmt xmllint glib-compile-schemas)
modules=(glib-2.0 gio-2.0 json-glib-1.0 libarchive igraph openblas cairo gtk4 libadwaita-1)
check_packages=(xvfb xauth dbus dbus-x11 at-spi2-core appstream clang-format librsvg2-bin groff-base shellcheck
  python3-jsonschema)
check_commands=(xvfb-run xauth appstreamcli desktop-file-validate)

say () { printf '\n== %s\n' "$*"; }
die () { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# install_debian PACKAGE...: installs those that are missing, and asks for nothing when none is.
install_debian () {
  local package as_root=() missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not root and no sudo; run as root: apt-get install ${missing[*]}"
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
  fi
  local apt=("${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" -qq update || echo 'apt-get update failed; trying with the lists there are' >&2
  "${apt[@]}" -qq install -y --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install: ${missing[*]}"
}

# require_elsewhere COMMAND...: on other systems we only look, and name what is not there.
require_elsewhere () {
  local name missing=()
  for name in "$@"; do command -v "$name" >/dev/null || missing+=("$name"); done
  for name in "${modules[@]}"; do pkg-config --exists "$name" 2>/dev/null || missing+=("$name.pc"); done
  ((${#missing[@]})) || return 0
  die "this is not a Debian system, so please install, with its own package manager, what gives: ${missing[*]}
On Debian 12 the packages are: ${build_packages[*]}"
}

# setup_packages build|check: everything to build; for check also everything to test.
setup_packages () {
  local packages=("${build_packages[@]}") commands=("${build_commands[@]}")
  if [[ $1 == check ]]; then
    packages+=("${check_packages[@]}")
    commands+=("${check_commands[@]}")
  fi
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_debian "${packages[@]}"
  else
    require_elsewhere "${commands[@]}"
  fi
}

# build DIR [MESON OPTION...]: configures once and compiles. A folder that was made here with other options, or by an
# earlier place of this checkout, is made anew; one that a person configured is used as it is.
build () {
  local dir=$1 stamp="$PWD ${*:2}" old='' said
  old=$(cat "$dir/.setup" 2>/dev/null) || true
  if [[ ! -f $dir/build.ninja || ( -n $old && $old != "$stamp" ) ]]; then
    rm -rf "$dir"
    said=$(meson setup "$dir" "${@:2}" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
    printf '%s' "$stamp" >"$dir/.setup"
  fi
  ninja -C "$dir" --quiet
}
