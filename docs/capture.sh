#!/bin/sh
# Prints what docs/serve.md shows of a terminal: a new project that is served, edited, broken, mended, and made to panic. Needs tmux and
# curl. The program is `cargo-mik` on PATH, or $MIK.
set -eu
mik=$(command -v "${MIK:-cargo-mik}")
here=$(mktemp -d)
tmux="tmux -L mik-capture-$$"
trap '$tmux kill-server 2>/dev/null || true; rm -rf "$here"' EXIT
cd "$here"
"$mik" mik new --quiet hello
cd hello

# Waits until the terminal shows a text so many times.
shows() {
    until [ "$($tmux capture-pane -p -S - | grep -c "$1")" -ge "$2" ]; do sleep 0.2; done
}
edit() {
    sed "$1" src/lib.rs > "$here/edited" && cp "$here/edited" src/lib.rs
}

$tmux -f /dev/null new-session -d -x 110 -y 80 "'$mik' mik serve --port 0" \; set-option -g remain-on-exit on
shows 'Serving http' 1
edit 's/Hello, {name}!/Good morning, {name}!/'
shows 'Live hello' 2
edit 's/Good morning, {name}!\\n")/Good morning, {name}!\\n"/'
shows 'last good version' 1
edit 's/Good morning, {name}!\\n"$/Good morning, {}\\n", name.strip_prefix("A").unwrap())/'
shows 'Live hello' 3
url=$($tmux capture-pane -p -S - | sed -n 's/.*Serving \(http[^ ]*\)/\1/p')
curl -s "${url}hello/Bob" > /dev/null
shows 'trapped on' 1
# What is said of it follows.
shows 'src/lib.rs:[0-9]*)' 1
$tmux send-keys q
until [ "$($tmux display-message -p '#{pane_dead}')" = 1 ]; do sleep 0.2; done
$tmux capture-pane -p -S - | sed "s|$here|/src|g; s|[^ (]*/sdk/src/|sdk/src/|; s| *$||" |
    sed '/^Pane is dead/d; / Updating /d; / Locking /d; /Compiling/{/hello/!d;}' | cat -s
