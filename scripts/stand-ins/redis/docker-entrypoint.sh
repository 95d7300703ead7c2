#!/bin/sh
# The contract of the official image: options or a file alone mean redis-server, which does not run as root.
set -eu

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
[ "${1:-}" = redis-server ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi
umask 0077
shift
# the official image is built with protected mode off; it goes first here, so that an option of the user's still wins
case ${1:-} in
    *.conf) file=$1 && shift && exec redis-server "$file" --protected-mode no "$@" ;;
    *) exec redis-server --protected-mode no "$@" ;;
esac
