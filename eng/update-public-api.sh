#!/usr/bin/env bash
# Writes the public members of both libraries into their PublicAPI.Unshipped.txt: what PublicAPI.Shipped.txt does not list yet.
# The diff of these files shows what a change does to users. Leaves them as they were when the libraries do not compile.
set -euo pipefail
cd "$(dirname "$0")/.."

backup=$(mktemp -d)
trap 'rm -rf "$backup"' EXIT
for library in KdRl KdRl.Transformers; do
  list=src/$library/PublicAPI.Unshipped.txt
  [ ! -e "$list" ] || cp "$list" "$backup/$library"
  echo '#nullable enable' > "$list"
  [ -e "src/$library/PublicAPI.Shipped.txt" ] || cp "$list" "src/$library/PublicAPI.Shipped.txt"
done

# With empty lists the analyzer reports every member, by its full name, in the compiler's log.
if ! dotnet build src/KdRl.Transformers -c Release -v q --nologo --no-incremental -p:ListPublicApi=true > "$backup/log"; then
  cat "$backup/log"
  for library in KdRl KdRl.Transformers; do [ ! -e "$backup/$library" ] || cp "$backup/$library" "src/$library/PublicAPI.Unshipped.txt"; done
  exit 1
fi

for library in KdRl KdRl.Transformers; do
  list=src/$library/PublicAPI.Unshipped.txt
  sed -n 's/^ *"APIName": "\(.*\)",\{0,1\}$/\1/p' "src/$library/obj/public-api.sarif" | sed 's/\\"/"/g; s/\\\\/\\/g' | LC_ALL=C sort -u >> "$list"
  echo "$list: $(($(wc -l < "$list") - 1)) members"
done
