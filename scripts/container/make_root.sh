#!/bin/sh
# Lays out a root file system of one program and the libraries that its headers ask for, and of nothing else.
# Usage: make_root.sh PROGRAM FOLDER
set -eu

program=$1
root=$2

libraries=$(ldd "$program")
case $libraries in
  *"not found"*)
    printf 'Cannot lay out %s: a library is missing here:\n%s\n' "$program" "$libraries" >&2
    exit 1
    ;;
esac

mkdir -p "$root/usr/local/bin"
cp "$program" "$root/usr/local/bin/rasa-telemetry"
chmod 0755 "$root/usr/local/bin/rasa-telemetry"

# A line is "NAME => PATH (ADDRESS)" or "PATH (ADDRESS)"; what the kernel provides has no path.
for word in $libraries; do
  case $word in
    /*)
      mkdir -p "$root$(dirname "$word")"
      cp -L "$word" "$root$word"
      ;;
  esac
done
