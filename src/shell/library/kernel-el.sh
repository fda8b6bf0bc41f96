# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- kernel modules in a package of their own (EL 10 and newer) ------------------------
# br_netfilter, ip_set, nft_compat and most of xt_* are in kernel-modules-extra there, which cloud images leave out. Each
# kernel has its own: only that of the kernel that runs is of use now.

# network_modules_there: those of the first kind stand for all. A kernel has them loaded, built in, or on disk.
network_modules_there() {
  [ ! -d /sys/module/br_netfilter ] || return 0
  [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || return 0
  modinfo -n br_netfilter >/dev/null 2>&1
}

install_network_modules() {
  m_kernel=$(uname -r)
  m_package=kernel-modules-extra-$m_kernel
  ledger package-set all || return 1
  # Another version of it that is installed is another kernel's, and stays.
  [ -n "$(query_packages kernel-modules-extra)" ] || ledger_packages kernel-modules-extra || return 1
  with_keys dnf_install "$m_package" && return 0
  say "no repository has $m_package any more: dnf upgrade kernel, reboot into the new one, and run again"
  return 1
}
