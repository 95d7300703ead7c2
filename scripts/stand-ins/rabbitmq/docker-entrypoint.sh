#!/bin/sh
# The contract of the official image: RABBITMQ_DEFAULT_USER, _PASS and _VHOST.
set -eu

case ${1:-} in rabbitmq*) ;; *) exec "$@" ;; esac
if [ "$1" = rabbitmq-server ] && [ "$(id -u)" = 0 ]; then
    if [ -n "${RABBITMQ_MANAGEMENT:-}" ]; then cp /etc/rabbitmq/enabled_plugins.management /etc/rabbitmq/enabled_plugins; fi
    {
        echo "loopback_users.guest = false"
        [ -z "${RABBITMQ_DEFAULT_USER:-}" ] || echo "default_user = $RABBITMQ_DEFAULT_USER"
        [ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || echo "default_pass = $RABBITMQ_DEFAULT_PASS"
        [ -z "${RABBITMQ_DEFAULT_VHOST:-}" ] || echo "default_vhost = $RABBITMQ_DEFAULT_VHOST"
    } >/etc/rabbitmq/conf.d/10-defaults.conf
    chown rabbitmq:rabbitmq /var/lib/rabbitmq
    chown -R rabbitmq:rabbitmq /etc/rabbitmq
    unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS RABBITMQ_DEFAULT_VHOST
fi
[ "$(id -u)" != 0 ] || exec setpriv --reuid=999 --regid=999 --clear-groups "$0" "$@"
# the package's wrappers want su or runuser; these are what they call
command=$1
shift
exec "/usr/lib/rabbitmq/bin/$command" "$@"
