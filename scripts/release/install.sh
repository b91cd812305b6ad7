#!/bin/sh
# Installs rasa-telemetry for the user who runs this: downloads the binary for this machine, compares its SHA-256 with
# the release's list, has gh verify where it was made (if gh is here), checks that it starts here as the version asked
# for, and only then puts it in place. Needs no root, changes nothing else.
#
#   sh install.sh                      the newest release, into ~/.local/bin
#   sh install.sh --version 0.1.0 --dir /opt/rasa/bin
#
# Everything is in functions, so that half of this file does nothing where its download broke off.
set -eu

REPOSITORY=RasaHQ/rasa-telemetry
RELEASES=https://github.com/$REPOSITORY/releases
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
  --checksum-only    don't ask gh for the attestation, which says where the binary was made
  --help             show this help

Runs on $SUPPORTED.
Exit codes: 0 installed, 1 not installed, 2 bad usage.
END
}

fail() {
  printf 'Cannot install rasa-telemetry: %s\n' "$1" >&2
  exit "${2:-1}"
}

# What another program or a server says, for a terminal: no character in it does anything there, and it has an end.
printable() {
  printf '%.2000s' "$1" | LC_ALL=C tr -c '\n -~' '?'
}

# An address without the user and password that may stand in it.
shown() {
  case $1 in
    *://*@*) printf '%s://%s\n' "${1%%://*}" "${1#*@}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

has() {
  command -v "$1" >/dev/null 2>&1
}

main() {
  version=
  dir=${RASA_TELEMETRY_INSTALL_DIR:-}
  base=${RASA_TELEMETRY_INSTALL_URL:-$RELEASES}
  checksum_only=no
  work=
  read_arguments "$@"
  check_arguments
  file=$(name_file)
  check_libc

  folder=$base/latest/download
  [ -z "$version" ] || folder=$base/download/v$version
  make_work_folder
  download "$folder/SHA256SUMS" "$work/SHA256SUMS"
  expected=$(find_checksum "$work/SHA256SUMS" "$file" "$(shown "$folder/SHA256SUMS")")
  address=$(shown "$folder/$file")
  printf 'Downloading %s\n' "$address"
  download "$folder/$file" "$work/rasa-telemetry"
  verify "$work/rasa-telemetry" "$expected" "$address"
  verify_attestation "$work/rasa-telemetry" "$address"
  check_version "$work/rasa-telemetry" "$address"
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
      --checksum-only)
        checksum_only=yes
        shift
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
    https://?*) encrypted=yes ;;
    # Nobody between here and a server on this machine could change what is downloaded.
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) encrypted=no ;;
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
#
# Every address on the way must be an https:// one: a redirect to another kind is refused. A server on this machine is
# taken at its word, and its redirects aren't followed.
download() {
  # Whatever the user's own set-up of the downloader says, the server's certificate is verified.
  if has curl; then
    follow=
    if [ "$encrypted" = yes ]; then follow=--location; fi
    # The shell opens the file: a curl in a sandbox of its own may not write to hidden folders.
    complaint=$(curl -fsS ${follow:+"$follow"} --proto "=${base%%:*}" --no-insecure --connect-timeout 20 "$1" \
      2>&1 >"$2") || download_failed "$1" "$complaint"
  elif has wget; then
    case $(wget --version 2>/dev/null || true) in
      *"GNU Wget2"*) download_with_wget2 "$1" "$2" ;;
      *"GNU Wget"*) download_with_wget "$1" "$2" ;;
      *) fail "the only downloader here is a wget that isn't GNU Wget. Busybox's, for example, doesn't verify who \
answers, so that anybody on the network could give you another program. Install curl or GNU Wget" ;;
    esac
  else
    fail "neither curl nor wget is here; install one of them"
  fi
}

# wget has no option against redirects that drop the encryption, so each is taken here.
download_with_wget() {
  hop=$1
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    # Without -t it tries 20 times.
    if complaint=$(wget -nv -S --max-redirect=0 --check-certificate -t 2 -T 20 -O "$2" "$hop" 2>&1); then
      return 0
    fi
    next=$(find_location "$complaint")
    if [ -z "$next" ] || [ "$encrypted" = no ]; then download_failed "$1" "$complaint"; fi
    case $next in
      https://?*) hop=$next ;;
      //?*) hop=https:$next ;;
      /*)
        server=${hop#https://}
        hop=https://${server%%/*}$next
        ;;
      *) download_failed "$1" "it leads to $next, which isn't an https:// address" ;;
    esac
  done
  download_failed "$1" "it leads to more than ten addresses, one after another"
}

# It takes --max-redirect=0 for no limit. Where --https-only stops it, it ends with code 0 and leaves no file.
download_with_wget2() {
  complaint=$(wget -nv --https-only --check-certificate --tries=2 --timeout=20 -O "$2" "$1" 2>&1) ||
    download_failed "$1" "$complaint"
  [ -e "$2" ] || download_failed "$1" "it leads in circles or to an address without encryption, or it is empty"
}

# The address that a redirect leads to, from the headers that wget shows.
find_location() {
  location=
  while read -r name value; do
    case $name in
      [Ll][Oo][Cc][Aa][Tt][Ii][Oo][Nn]:) location=${value%%[!!-~]*} ;;
    esac
  done <<END
$1
END
  printf '%s\n' "$location"
}

download_failed() {
  complaint=$(printable "${2:-no reason was given}")
  fail "$(shown "$1") can't be downloaded: $complaint
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
    *[!0-9a-f]*) fail "$3 has no SHA-256 for $2, but \"$(printable "$checksum")\"" ;;
  esac
  [ "${#checksum}" -eq 64 ] || fail "$3 has no SHA-256 for $2, but \"$(printable "$checksum")\""
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

# verify_attestation FILE URL
#
# The checksum comes from where the binary does. The attestation is GitHub's word for the workflow that made the binary.
verify_attestation() {
  if [ "$checksum_only" = yes ]; then
    origin="the checksum alone was compared, as --checksum-only says"
  elif ! has gh; then
    origin="the checksum alone was compared, because gh isn't here"
  else
    # An older gh shows its own help, and ends with code 0.
    case $(ask_gh attestation verify --help 2>/dev/null || true) in
      *--signer-workflow*)
        if ask_gh auth token >/dev/null 2>&1; then
          require_attestation "$1" "$2"
          origin="gh verified that $REPOSITORY's release workflow made it"
        else
          origin="the checksum alone was compared, because gh isn't logged in to github.com"
        fi
        ;;
      *) origin="the checksum alone was compared, because this gh can't verify attestations" ;;
    esac
  fi
}

# Asks about github.com, whatever server gh's user has set. Nothing that gh would report of this is wanted.
ask_gh() {
  GH_HOST=github.com DO_NOT_TRACK=1 gh "$@" </dev/null
}

# require_attestation FILE URL
require_attestation() {
  said=$(ask_gh attestation verify "$1" --repo "$REPOSITORY" \
    --signer-workflow "$REPOSITORY/.github/workflows/release.yml" 2>&1) ||
    fail "gh can't verify that $REPOSITORY's release workflow made $2:
$(printable "${said:-it says nothing}")
If gh can't reach GitHub from here, --checksum-only installs without its word"
}

# check_version FILE URL
check_version() {
  chmod 0755 "$1"
  # It doesn't start where the system lacks what it needs, or where programs in this folder may not run.
  said=$("$1" --version 2>&1 </dev/null) || fail "the binary is as the list of checksums says, but doesn't start here:
$(printable "${said:-it says nothing}")
It runs on $SUPPORTED"
  found=${said#rasa-telemetry }
  case $found in
    "$said" | "" | *[!0-9A-Za-z.+-]*) fail "$2 doesn't say that it is rasa-telemetry, but \"$(printable "$said")\"" ;;
  esac
  [ "${version:-$found}" = "$found" ] || fail "$2 is version $found, and $version was asked for"
}

put_in_place() {
  if ! mkdir -p "$dir" || ! mv -f "$work/rasa-telemetry" "$dir/rasa-telemetry"; then
    fail "$dir/rasa-telemetry can't be written; give a folder that can with --dir FOLDER"
  fi
  printf 'Installed rasa-telemetry %s as %s\n(%s)\n' "$found" "$dir/rasa-telemetry" "$origin"
  case ":$PATH:" in
    *":$dir:"*) ;;
    *) printf 'That folder is not on your PATH; add it with: %s\n' "export PATH=\"$dir:\$PATH\"" ;;
  esac
}

main "$@"
