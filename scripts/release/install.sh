#!/bin/sh
# Installs rasa-telemetry for the user who runs this: downloads the binary for this machine, compares its SHA-256 with
# the release's list, checks that it starts here, and only then puts it in place. Needs no root, changes nothing else.
#
#   sh install.sh                      the newest release, into ~/.local/bin
#   sh install.sh --version 0.1.0 --dir /opt/rasa/bin
#
# Everything is in functions, so that half of this file does nothing where its download broke off.
set -eu

RELEASES=https://github.com/RasaHQ/rasa-telemetry/releases
SUPPORTED="Linux with glibc 2.27 or newer (x64, arm64), macOS (x64, arm64), and Windows (x64, with install.ps1)"

help() {
  cat <<END
Installs rasa-telemetry: downloads it, verifies its checksum, puts it in place.

Usage: sh install.sh [OPTIONS]

  --version VERSION  which release (the newest unless given)
  --dir FOLDER       where to put it (\$RASA_TELEMETRY_INSTALL_DIR, or ~/.local/bin)
  --base-url URL     a mirror of the releases (\$RASA_TELEMETRY_INSTALL_URL, or
                     $RELEASES)
                     that has latest/download/FILE and download/vVERSION/FILE
  --help             show this help

Runs on $SUPPORTED.
Exit codes: 0 installed, 1 not installed, 2 bad usage.
END
}

fail() {
  printf 'Cannot install rasa-telemetry: %s\n' "$1" >&2
  exit "${2:-1}"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

main() {
  version=
  dir=${RASA_TELEMETRY_INSTALL_DIR:-}
  base=${RASA_TELEMETRY_INSTALL_URL:-$RELEASES}
  work=
  read_arguments "$@"
  check_arguments
  file=$(name_file)
  check_libc

  folder=$base/latest/download
  [ -z "$version" ] || folder=$base/download/v$version
  make_work_folder
  download "$folder/SHA256SUMS" "$work/SHA256SUMS"
  expected=$(find_checksum "$work/SHA256SUMS" "$file" "$folder/SHA256SUMS")
  printf 'Downloading %s\n' "$folder/$file"
  download "$folder/$file" "$work/rasa-telemetry"
  verify "$work/rasa-telemetry" "$expected" "$folder/$file"
  put_in_place
}

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        help
        exit 0
        ;;
      --version | --dir | --base-url)
        if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 needs a value; --help shows how" 2; fi
        case $1 in
          --version) version=${2#v} ;;
          --dir) dir=$2 ;;
          --base-url) base=$2 ;;
        esac
        shift 2
        ;;
      *) fail "unknown argument \"$1\"; --help shows the known ones" 2 ;;
    esac
  done
}

check_arguments() {
  case $version in
    *[!0-9A-Za-z.+-]*) fail "\"$version\" isn't a version; give one such as 0.1.0" 2 ;;
  esac
  base=${base%/}
  case $base in
    http://*@*) fail "\"$base\" hides where it leads; give an https:// address" 2 ;;
    https://?*) protocols='=https' ;;
    # Nobody between here and a server on this machine could change what is downloaded.
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) protocols='=http' ;;
    *) fail "\"$base\" isn't an https:// address; it must be one, because the checksums come from there too" 2 ;;
  esac
  if [ -z "$dir" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set, so there is no ~/.local/bin; give --dir FOLDER" 2
    dir=$HOME/.local/bin
  fi
  case $dir in
    /*) ;;
    *) dir=$PWD/$dir ;;
  esac
}

# The release's file for this machine.
name_file() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    MINGW* | MSYS* | CYGWIN*) fail "this is Windows ($system); run install.ps1 in PowerShell instead" ;;
    *) fail "there is no binary for $system; it runs on $SUPPORTED" ;;
  esac
  # macOS tells a program that it translates that the processor is of the old kind.
  if [ "$os" = macos ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then machine=arm64; fi
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no binary for $system on $machine; it runs on $SUPPORTED" ;;
  esac
  printf 'rasa-telemetry-%s-%s\n' "$os" "$arch"
}

# Refuses early, and more clearly than the loader would. Where the C library is unknown, starting the binary decides.
check_libc() {
  case $file in
    *-linux-*) ;;
    *) return 0 ;;
  esac
  found=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
  case $found in
    "glibc "*) ;;
    *)
      case $(ldd --version 2>&1 || true) in
        *musl*) fail "this system has the C library musl, and the binary needs glibc 2.27 or newer; use an image or a \
system with glibc, such as Debian, Ubuntu or Red Hat" ;;
      esac
      return 0
      ;;
  esac
  found=${found#glibc }
  minor=${found#*.}
  minor=${minor%%.*}
  case $found in
    [01].* | 2.) old=yes ;;
    2.*) if [ "$minor" -lt 27 ] 2>/dev/null; then old=yes; else old=no; fi ;;
    *) old=no ;;
  esac
  [ "$old" = no ] || fail "this system has glibc $found, and the binary needs 2.27 or newer; use a newer system"
}

# The folder is beside the binary's place, so that moving the binary there is one step: it happens or it doesn't.
make_work_folder() {
  parent=$dir
  while [ ! -d "$parent" ]; do
    if [ -e "$parent" ]; then fail "$parent isn't a folder; give another one with --dir FOLDER"; fi
    parent=$(dirname "$parent")
  done
  if [ -d "$dir/rasa-telemetry" ]; then fail "$dir/rasa-telemetry is a folder; remove it, or give --dir FOLDER"; fi
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d "$parent/.rasa-telemetry-install.XXXXXX" 2>/dev/null) ||
    fail "$parent can't be written; give a folder that can with --dir FOLDER"
}

# download URL FILE
download() {
  if has curl; then
    # The shell opens the file: a curl in a sandbox of its own may not write to hidden folders.
    complaint=$(curl -fsSL --proto "$protocols" --connect-timeout 20 "$1" 2>&1 >"$2") ||
      download_failed "$1" "$complaint"
  elif has wget; then
    case $(wget --version 2>/dev/null || true) in
      # Without -t it tries 20 times.
      *"GNU Wget"*) complaint=$(wget -nv -t 2 -T 20 -O "$2" "$1" 2>&1) || download_failed "$1" "$complaint" ;;
      # No time-out: the busybox of Debian 12 crashes with one.
      *) complaint=$(wget -q -O "$2" "$1" 2>&1) || download_failed "$1" "$complaint" ;;
    esac
  else
    fail "neither curl nor wget is here; install one of them"
  fi
}

download_failed() {
  fail "$1 can't be downloaded: ${2:-no reason was given}
Is there such a release, and does the network reach it? --version VERSION names another release, --base-url URL a
mirror; HTTPS_PROXY is honoured"
}

# find_checksum LIST NAME URL
find_checksum() {
  count=0
  while read -r hash name || [ -n "$hash" ]; do
    # A star before the name marks a file that was read as bytes.
    [ "${name#\*}" = "$2" ] || continue
    count=$((count + 1))
    checksum=$hash
  done <"$1"
  [ "$count" -eq 1 ] || fail "$3 has $count checksums for $2 instead of one; without it nothing is installed"
  case $checksum in
    *[!0-9a-f]*) fail "$3 has no SHA-256 for $2, but \"$checksum\"" ;;
  esac
  [ "${#checksum}" -eq 64 ] || fail "$3 has no SHA-256 for $2, but \"$checksum\""
  printf '%s\n' "$checksum"
}

# verify FILE CHECKSUM URL
verify() {
  if has sha256sum; then
    actual=$(sha256sum <"$1")
  elif has shasum; then
    actual=$(shasum -a 256 <"$1")
  elif has openssl; then
    actual=$(openssl dgst -sha256 -r <"$1")
  else
    fail "the checksum can't be verified; install sha256sum, shasum or openssl"
  fi
  actual=${actual%% *}
  [ "$actual" = "$2" ] || fail "$3 is not what the release has: its SHA-256 is
  $actual instead of
  $2
Try again. If it fails again, don't use that file, and tell the people behind the mirror or the release"
}

put_in_place() {
  chmod 0755 "$work/rasa-telemetry"
  # It doesn't start where the system lacks what it needs, or where programs in this folder may not run.
  said=$("$work/rasa-telemetry" --version 2>&1) || fail "the binary is genuine but doesn't start here:
${said:-it says nothing}
It runs on $SUPPORTED"
  if ! mkdir -p "$dir" || ! mv -f "$work/rasa-telemetry" "$dir/rasa-telemetry"; then
    fail "$dir/rasa-telemetry can't be written; give a folder that can with --dir FOLDER"
  fi
  printf 'Installed %s as %s\n' "$said" "$dir/rasa-telemetry"
  case ":$PATH:" in
    *":$dir:"*) ;;
    *) printf 'That folder is not on your PATH; add it with: %s\n' "export PATH=\"$dir:\$PATH\"" ;;
  esac
}

main "$@"
