# Sourced by scripts/engine: an engine of our own, its tools unpacked below ENGINE_HOME so that the system's packages stay as
# they are (Ubuntu: installed with apt-get). It outlives the script; `down` ends it, `wipe` removes it.
# shellcheck shell=bash

ENGINE_HOME=${ENGINE_HOME:-/var/lib/replay-gate-engine}
ENGINE_SOCKET=${ENGINE_SOCKET:-/var/run/docker.sock}
# for a machine that uses these addresses; a second engine wants a network namespace too, for dockerd deletes a docker0 that it
# finds when it starts with address pools of its own
ENGINE_OPTIONS=${ENGINE_OPTIONS:---bip 10.212.0.1/24 --default-address-pool base=10.213.0.0/16,size=26}

say() { printf 'engine: %s\n' "$*" >&2; }

give_up() {
    say "$*"
    exit 3
}

release() { (. /etc/os-release && printf '%s-%s' "$ID" "${VERSION_ID:-}"); }

supported() {
    command -v apt-get >/dev/null || return 1
    case $(release) in debian-12 | debian-13 | ubuntu-22.04 | ubuntu-24.04) ;; *) return 1 ;; esac
}

make_home() {
    # a folder that is there and not ours is not filled, since `wipe` would remove it
    if [ -d "$ENGINE_HOME" ] && [ ! -e "$ENGINE_HOME/.replay-gate-engine" ] && [ -n "$(ls -A "$ENGINE_HOME")" ]; then
        give_up "$ENGINE_HOME is not empty and not of scripts/engine; set ENGINE_HOME to another folder"
    fi
    mkdir -p "$ENGINE_HOME" || give_up "$ENGINE_HOME cannot be made; set ENGINE_HOME to another folder"
    : >"$ENGINE_HOME/.replay-gate-engine"
}

use_private_tools() {
    USES_PRIVATE_TOOLS=yes
    export DOCKER_HOST=${DOCKER_HOST:-unix://$ENGINE_SOCKET} DOCKER_CONFIG=$ENGINE_HOME/config
    export PATH=$ENGINE_HOME/root/usr/bin:$ENGINE_HOME/root/usr/sbin:$PATH:/usr/sbin:/sbin
}

# apt-get with a state of its own: the machine's lists and packages are not touched.
own_apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$ENGINE_HOME/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$ENGINE_HOME/apt/lists" -o Dir::State::status="$ENGINE_HOME/apt/status" \
        -o Dir::Cache="$ENGINE_HOME/apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o Acquire::Retries=3 "$@"
}

# own_sources SUITE...: from the mirror that this machine's own suite, the last one, comes from.
own_sources() {
    local suite mirror
    # shellcheck disable=SC2016 # the format is apt's
    mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' | awk -v suite="${!#}" '$1 == suite && !seen++ {print $2}')
    # no lists yet, or a signed-by that names none: Debian's own address
    mirror=${mirror:-http://deb.debian.org/debian}
    mkdir -p "$ENGINE_HOME/apt/lists/partial" "$ENGINE_HOME/apt/cache/archives/partial"
    : >"$ENGINE_HOME/apt/status"
    for suite; do
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite"
    done >"$ENGINE_HOME/apt/sources.list"
}

install_tools() {
    case $(release) in
        debian-12) unpack_tools bookworm ;;
        debian-13) unpack_tools trixie ;;
        ubuntu-*) apt_tools ;;
    esac
}

# Ubuntu has all three as packages. The folder of ours then holds no tools, only the state.
apt_tools() {
    say "installing docker.io, docker-compose-v2 and docker-buildx with apt-get …"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -qq update && apt-get -qq -y install --no-install-recommends docker.io docker-compose-v2 docker-buildx iptables; } \
        >"$ENGINE_HOME/install.log" 2>&1 || { tail -n 5 "$ENGINE_HOME/install.log" >&2; return 1; }
    mkdir -p "$ENGINE_HOME/root" "$ENGINE_HOME/config"
    : >"$ENGINE_HOME/root/.done"
}

# Debian 12 has an old engine and no Compose 2, so trixie's are taken: they need no newer libc. Its runc and tini do.
unpack_tools() {
    local own=$1 root=$ENGINE_HOME/root debs=$ENGINE_HOME/debs name
    say "fetching the engine, Compose and buildx from Debian …"
    local packages=(docker.io/trixie docker-cli/trixie docker-compose/trixie docker-buildx/trixie containerd/trixie
        "runc/$own" "tini/$own")
    if ! command -v iptables >/dev/null; then
        for name in iptables libxtables12 libnftnl11 libmnl0 libip4tc2 libip6tc2 libnfnetlink0 libnetfilter-conntrack3; do
            packages+=("$name/$own")
        done
    fi
    rm -rf "$root" "$debs"
    mkdir -p "$root" "$debs" "$ENGINE_HOME/config/cli-plugins"
    if [ "$own" = trixie ]; then own_sources trixie; else own_sources trixie "$own"; fi
    own_apt update || return 1
    (cd "$debs" && own_apt download "${packages[@]}") || return 1 # apt checks each against the signed index
    # unpacking xz is the slow part: on all cores, without documentation
    # shellcheck disable=SC2016 # for the inner shell
    printf '%s\n' "$debs"/*.deb | xargs -P "$(nproc)" -I{} sh -c \
        'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --exclude=./usr/share/doc --exclude=./usr/share/man' _ {} "$root" ||
        return 1
    for name in docker-compose docker-buildx; do
        ln -sf "$root/usr/libexec/docker/cli-plugins/$name" "$ENGINE_HOME/config/cli-plugins/$name"
    done
    [ -e "$root/usr/bin/docker-init" ] || ln -s tini-static "$root/usr/bin/docker-init"
    if [ -e "$root/usr/sbin/xtables-nft-multi" ]; then wrap_iptables; fi
    rm -rf "$debs"
    : >"$root/.done"
}

# Our iptables needs the libraries beside it, and no other program may see them.
wrap_iptables() {
    local root=$ENGINE_HOME/root name library
    library=$(dirname "$root"/usr/lib/*/libxtables.so.12)
    for name in iptables ip6tables iptables-save iptables-restore ip6tables-save ip6tables-restore; do
        rm -f "$root/usr/sbin/$name"
        printf '#!/bin/sh\nLD_LIBRARY_PATH=%q XTABLES_LIBDIR=%q exec %q %s "$@"\n' \
            "$library" "$library/xtables" "$root/usr/sbin/xtables-nft-multi" "$name" >"$root/usr/sbin/$name"
        chmod 755 "$root/usr/sbin/$name"
    done
}

start() {
    local descriptors pid
    say "starting dockerd …"
    if ! grep -qE ' /sys/fs/cgroup[ /]' /proc/mounts; then mount -t cgroup2 cgroup2 /sys/fs/cgroup || return 1; fi
    # not above our own hard limit, or a root without CAP_SYS_RESOURCE could start no container; and not unlimited, since
    # erlang and mysql allocate per descriptor
    descriptors=$(ulimit -Hn)
    if [ "$descriptors" = unlimited ] || [ "$descriptors" -gt 65536 ]; then descriptors=65536; fi
    rm -f "$ENGINE_HOME/dockerd.pid"
    local options
    read -ra options <<<"$ENGINE_OPTIONS"
    # 9 is the lock, which must not live as long as the engine; nor must this checkout have to
    setsid nohup env --chdir=/ dockerd --host "unix://$ENGINE_SOCKET" --pidfile "$ENGINE_HOME/dockerd.pid" "${options[@]}" \
        --data-root "$ENGINE_HOME/data" --exec-root "$ENGINE_HOME/run" \
        --default-ulimit "nofile=$descriptors:$descriptors" --log-level warn --log-opt max-size=10m --shutdown-timeout 3 \
        </dev/null >"$ENGINE_HOME/dockerd.log" 2>&1 9>&- &
    pid=$!
    for _ in $(seq 300); do
        if docker version >/dev/null 2>&1; then
            guard
            return
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$ENGINE_HOME/dockerd.log" >&2
    return 1
}

# Containers must not reach what this machine serves, which a bridge's gateway address allows even on internal networks;
# answers to what the machine asked them still pass.
guard() {
    local table bridge rule
    for table in iptables ip6tables; do
        for bridge in rp+ br-+; do
            rule=(INPUT -i "$bridge" -m conntrack ! --ctstate "ESTABLISHED,RELATED" -j DROP)
            "$table" -C "${rule[@]}" 2>/dev/null || "$table" -I "${rule[@]}" 2>/dev/null ||
                say "no $table rule keeps containers from this machine's own ports"
        done
    done
}

# The one that we started lives: its pid was not given to another process since.
running() {
    local pid
    pid=$(cat "$ENGINE_HOME/dockerd.pid" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]
}

stop() {
    running || { say "no engine that scripts/engine started runs"; return 0; }
    local pid
    pid=$(cat "$ENGINE_HOME/dockerd.pid")
    kill "$pid"
    for _ in $(seq 300); do
        running || return 0
        sleep 0.1
    done
    give_up "dockerd, pid $pid, has not ended in 30 s; see $ENGINE_HOME/dockerd.log"
}

wipe() {
    [ -e "$ENGINE_HOME/.replay-gate-engine" ] || return 0
    stop
    # what a killed engine left mounted would be emptied, not removed
    awk -v home="$ENGINE_HOME/" 'index($2, home) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount
    rm -rf "$ENGINE_HOME"
}
