# Sourced by scripts/images: builds the stand-ins beside it. A stand-in is an image from Debian's packages that keeps the
# contract of the official image of that name; its label replay-gate.stand-in=1 tells it from that.
# shellcheck shell=bash

# The stand-in that carries this reference among its tags.
stand_in_of() {
    local tags
    tags=$(grep -lxF -- "$1" scripts/stand-ins/*/tags) && basename "$(dirname "$tags")"
}

# What there are stand-ins of: the tags of that name, else the names.
known() {
    local name=${1%%:*}
    if [ -e "scripts/stand-ins/$name/tags" ]; then
        paste -sd ' ' "scripts/stand-ins/$name/tags"
    else
        (cd scripts/stand-ins && printf '%s\n' */tags | sed 's,/tags,,' | paste -sd ' ')
    fi
}

# All at once, so that one downloads while another unpacks; what they stand on first. The lock is this file, so that two
# scripts do not build the same.
build_all() {
    local name builds=() pid result=0
    exec 8<scripts/stand-ins/build.sh
    flock 8
    build_debian
    for name; do
        [ "$name" = debian ] || { build "$name" "scripts/stand-ins/$name" & builds+=($!); }
    done
    for pid in "${builds[@]}"; do wait "$pid" || result=3; done
    [ "$result" = 0 ] || exit "$result"
}

# build NAME FOLDER [option...]: a layer that is there already is not built again, so this is quick the second time.
build() {
    local name=$1 folder=$2 log=$SCRATCH/build-$1 variable options=()
    shift 2
    for variable in http_proxy https_proxy no_proxy; do
        if [ -n "${!variable:-}" ]; then options+=(--build-arg "$variable"); fi
    done
    SECONDS=0
    # the builder of the engine itself is the only one that sees its images, and the host's network the one that surely works
    docker buildx build --builder default --quiet --network host --load --tag "replay-gate/stand-in-$name" \
        "${options[@]}" "$@" "$folder" >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        say "the stand-in of $name could not be built; see the lines above"
        return 1
    }
    say "stand-in of $name built in $SECONDS s"
}

# The official names, apart from those that another image has.
tag_all() {
    local reference
    while read -r reference; do
        there "$reference" || docker tag "replay-gate/stand-in-$1" "$reference"
    done <"scripts/stand-ins/$1/tags"
}

# From Debian's image where it is there or can be pulled, else from nothing with Debian's packages.
build_debian() {
    local from=debian:bookworm-slim context=$SCRATCH/debian
    if there replay-gate/debootstrap; then
        from=replay-gate/debootstrap
    elif ! there "$from" && ! pull "$from" "$SCRATCH/pull-debian"; then
        debootstrap
        from=replay-gate/debootstrap
    fi
    cp -r scripts/stand-ins/debian "$context"
    # the certificates that this machine trusts besides Debian's: behind a proxy of a company pip and npm need them
    mkdir "$context/certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -L {} "$context/certificates" \; 2>/dev/null || true
    build debian "$context" --build-arg "FROM=$from" || exit 3
}

debootstrap() {
    local work=$SCRATCH/debootstrap
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        give_up "no registry has debian:bookworm-slim ($(tail -n 1 "$SCRATCH/pull-debian")), and making it needs root on Debian or Ubuntu"
    fi
    if ! command -v mmdebstrap >/dev/null || [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then
        say "installing mmdebstrap …"
        { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \
            mmdebstrap debian-archive-keyring; } >"$SCRATCH/install" 2>&1 || true
        command -v mmdebstrap >/dev/null || give_up "mmdebstrap could not be installed: $(tail -n 1 "$SCRATCH/install")"
    fi
    say "making debian:bookworm from its packages …"
    mkdir "$work"
    # in memory it takes half the time
    mount -t tmpfs -o size=2g,mode=1777 tmpfs "$work" 2>/dev/null || say "no tmpfs could be mounted; this takes a minute more"
    # package lists stay in, for the builds upon it
    TMPDIR=$work mmdebstrap --quiet --mode=root --variant=apt --skip=cleanup/apt --include=ca-certificates \
        --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
        --customize-hook='rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/*/LC_MESSAGES' \
        --customize-hook='rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/log/*.log' \
        bookworm "$work/debian.tar" >"$SCRATCH/mmdebstrap" 2>&1 &&
        docker import -c 'CMD ["bash"]' "$work/debian.tar" replay-gate/debootstrap >/dev/null || {
        tail -n 5 "$SCRATCH/mmdebstrap" >&2
        give_up "mmdebstrap failed; see the lines above"
    }
    umount "$work" 2>/dev/null || true
}
