#!/bin/bash
# The contract of the official image: its variables, *_FILE, and /docker-entrypoint-initdb.d.
set -eu

case ${1:-} in
    -*) set -- mariadbd "$@" ;;
    mysqld) shift && set -- mariadbd "$@" ;;
esac
[ "${1:-}" = mariadbd ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
    chown mysql:mysql /var/lib/mysql /run/mysqld
    exec setpriv --reuid=999 --regid=999 --clear-groups "$0" "$@"
fi
[ ! -d /var/lib/mysql/mysql ] || exec "$@"

# A setting by either of its names, or from the file that either names.
setting() {
    local name
    for name in "MARIADB_$1" "MYSQL_${2:-$1}"; do
        local file=${name}_FILE
        if [ -n "${!file:-}" ]; then
            printf '%s' "$(<"${!file}")"
            return
        fi
        if [ -n "${!name:-}" ]; then
            printf '%s' "${!name}"
            return
        fi
    done
}
root_password=$(setting ROOT_PASSWORD)
root_host=$(setting ROOT_HOST)
user=$(setting USER)
password=$(setting PASSWORD)
database=$(setting DATABASE)
if [ -z "$root_password$(setting ALLOW_EMPTY_ROOT_PASSWORD ALLOW_EMPTY_PASSWORD)$(setting RANDOM_ROOT_PASSWORD)" ]; then
    echo "Database is uninitialized and password option is not specified" >&2
    exit 1
fi

cp -a --reflink=auto /var/lib/mysql-seed/. /var/lib/mysql/
text() {
    local escaped=${1//\\/\\\\}
    printf "'%s'" "${escaped//\'/\\\'}"
}
{ # an init file holds a statement a line; the installer's roots of other hosts have no password
    echo "DELETE FROM mysql.global_priv WHERE user = 'root' AND host <> 'localhost';"
    echo "FLUSH PRIVILEGES;"
    echo "CREATE USER IF NOT EXISTS healthcheck@'127.0.0.1';"
    [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    if [ -n "$user" ]; then
        echo "CREATE USER '$user'@'%' IDENTIFIED BY $(text "$password");"
        [ -z "$database" ] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO '$user'@'%';"
    fi
    echo "CREATE USER IF NOT EXISTS root@'${root_host:-%}' IDENTIFIED BY $(text "$root_password");"
    echo "GRANT ALL ON *.* TO root@'${root_host:-%}' WITH GRANT OPTION;"
    echo "ALTER USER root@localhost IDENTIFIED BY $(text "$root_password");"
} >/tmp/init.sql
[ -n "$(ls -A /docker-entrypoint-initdb.d)" ] || exec "$@" --init-file=/tmp/init.sql

client() { MYSQL_PWD=$root_password mariadb --socket=/run/mysqld/init.sock -uroot "$@"; }
mariadbd --skip-networking --socket=/run/mysqld/init.sock --init-file=/tmp/init.sql --innodb-flush-log-at-trx-commit=0 &
server=$!
for _ in $(seq 300); do
    if client -e 'select 1' >/dev/null 2>&1; then break; fi
    sleep 0.1
done
# shellcheck source=/dev/null
for file in /docker-entrypoint-initdb.d/*; do
    case $file in
        *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) client ${database:+"$database"} <"$file" ;;
        *.sql.gz) gunzip -c "$file" | client ${database:+"$database"} ;;
    esac
done
kill "$server"
wait "$server" || true
rm -f /tmp/init.sql
exec "$@"
