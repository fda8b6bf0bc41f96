#!/bin/sh
# Makes the root file system under kube-proxy and the network add-on: what speaks to the kernel's networking.
# usage: network-tools.sh DIRECTORY MIRROR
set -eu
mkdir -p "$1"
cd "$1"
rm -rf ./*
mmdebstrap --quiet --variant=extract \
  --include=iptables,nftables,conntrack,ipset,kmod,iproute2,ca-certificates,dash,coreutils,busybox-static,sed \
  trixie . "deb $2 trixie main"
# Nothing is configured in that mode: what the packages' scripts would have done follows.
for name in bin sbin lib lib64; do
  [ -e "$name" ] || ln -s "usr/$name" "$name"
done
[ -e usr/bin/sh ] || ln -s dash usr/bin/sh
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf xtables-nft-multi "usr/sbin/$name"
done
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/info var/cache/apt/* var/lib/apt/lists/*
mkdir -p tmp
