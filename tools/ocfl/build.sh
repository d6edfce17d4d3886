#!/usr/bin/env bash
# Makes the second OCFL validator ready, which only tests use: fetches ocfl-java by Maven and compiles a small main
# program. Prints the folder, ~/.cache/butluc/ocfl-<hash of its source>; quick when it is there.
set -euo pipefail
cd "$(dirname "$0")"
target=~/.cache/butluc/ocfl-$(cat pom.xml OcflCheck.java | sha256sum | cut -c1-12)
if [[ ! -d $target ]]; then
    mkdir -p "$(dirname "$target")"
    work=$(mktemp -d "$(dirname "$target")/.ocfl-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cp pom.xml OcflCheck.java "$work"
    (
        cd "$work"
        mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars
        javac -d classes -cp 'jars/*' OcflCheck.java
    ) >&2
    # A half-made folder never takes its place; whoever was quicker made the same.
    mv -T "$work" "$target" 2>/dev/null || [[ -d $target ]]
fi
echo "$target"
