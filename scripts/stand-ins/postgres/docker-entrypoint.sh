#!/bin/bash
# The contract of the official image: its variables, *_FILE, and /docker-entrypoint-initdb.d.
set -eu

case ${1:-} in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    chown postgres:postgres "$PGDATA" /var/run/postgresql
    if [ -s "$PGDATA/PG_VERSION" ] && [ "$(stat -c %u "$PGDATA/PG_VERSION")" != 999 ]; then
        chown -R postgres:postgres "$PGDATA"
    fi
    exec setpriv --reuid=999 --regid=999 --init-groups "$0" "$@"
fi
[ ! -s "$PGDATA/PG_VERSION" ] || exec "$@"

for name in POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS; do
    file=${name}_FILE
    if [ -n "${!file:-}" ]; then
        export "$name=$(<"${!file}")"
        unset "$file"
    fi
done
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    exit 1
fi

if [ -n "${POSTGRES_INITDB_ARGS:-}${POSTGRES_INITDB_WALDIR:-}" ]; then
    eval 'initdb -U postgres -A trust '"${POSTGRES_INITDB_ARGS:-}" \
        "${POSTGRES_INITDB_WALDIR:+--waldir \"\$POSTGRES_INITDB_WALDIR\"}" >/dev/null
    sed -i "s/^#listen_addresses.*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
else
    tar -C "$PGDATA" -xf /var/lib/postgresql/seed.tar
fi

text() { printf "'%s'" "${1//\'/\'\'}"; }
name() { printf '"%s"' "${1//\"/\"\"}"; }
{ # single-user mode takes a statement a line, and no server has to start and stop for it
    [ "$user" = postgres ] || echo "UPDATE pg_authid SET rolname = $(text "$user") WHERE oid = 10;"
    [ -z "${POSTGRES_PASSWORD:-}" ] || echo "ALTER ROLE $(name "$user") PASSWORD $(text "$POSTGRES_PASSWORD");"
    [ "$database" = postgres ] || echo "CREATE DATABASE $(name "$database");"
} | postgres --single -O -F -D "$PGDATA" -c log_checkpoints=off postgres >/dev/null
echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"

run_psql() { PGPASSWORD=${PGPASSWORD:-${POSTGRES_PASSWORD:-}} psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$user" -d "$database" "$@"; }
if [ -n "$(ls -A /docker-entrypoint-initdb.d)" ]; then
    # as in the official image: nobody can connect from outside before they have run
    pg_ctl -s -D "$PGDATA" -o "-c listen_addresses='' -c fsync=off" -w start >/dev/null
    # shellcheck source=/dev/null
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
            *.sql) run_psql -f "$file" ;;
            *.sql.gz) gunzip -c "$file" | run_psql ;;
            *.sql.xz) xzcat "$file" | run_psql ;;
            *.sql.zst) zstd -dc "$file" | run_psql ;;
        esac
    done >&2
    pg_ctl -s -D "$PGDATA" -m fast -w stop
fi
exec "$@"
