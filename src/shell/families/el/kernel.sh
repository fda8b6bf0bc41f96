# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- kernel modules in a package of their own (EL 10 and newer) ------------------------
# br_netfilter, ip_set, nft_compat and most of xt_* are in kernel-modules-extra there, which cloud images leave out. Each
# kernel has its own: only that of the kernel that runs is of use now. ipset and iptables-nft require the package of any
# kernel, and dnf takes the newest, with a new kernel: so that of the kernel that runs comes before them. With
# kernel-modules-extra-matched later kernels bring theirs (kernel.spec: "if kernel-modules-extra-matched"); it is there from 10.1 on.

P_MODULES=${P_MODULES:-/lib/modules}

# network_modules_there: those of the first kind stand for all. A kernel has them loaded, built in, or on disk.
network_modules_there() {
  [ ! -d "$P_SYS/module/br_netfilter" ] || return 0
  [ ! -e "$P_PROC/sys/net/bridge/bridge-nf-call-iptables" ] || return 0
  modinfo -n br_netfilter >/dev/null 2>&1
}

# newer_kernel_has_modules: whether one is installed, newer than the one that runs and of its kind, that has them.
newer_kernel_has_modules() {
  n_running=$(uname -r)
  for n_kernel in "$P_MODULES"/*; do
    n_kernel=${n_kernel##*/}
    [ "$n_kernel" != "$n_running" ] || continue
    [ "$(kernel_packages "$n_kernel")" = "$(kernel_packages "$n_running")" ] || continue
    [ "$(printf '%s\n' "$n_running" "$n_kernel" | sort -V | tail -n 1)" = "$n_kernel" ] || continue
    ! modinfo -k "$n_kernel" -n br_netfilter >/dev/null 2>&1 || return 0
  done
  return 1
}

# kernel_packages RELEASE: what the names of its packages begin with. Oracle has a kernel of its own beside that of RHEL.
kernel_packages() { case $1 in *uek*) printf kernel-uek ;; *) printf kernel ;; esac }

# network_modules_or_reboot: they are there, or come with the next boot.
network_modules_or_reboot() { network_modules_there || newer_kernel_has_modules; }

# reboot_for_modules_done: no reboot brings them, or none is to. A node is not rebooted under its pods.
reboot_for_modules_done() { network_modules_there || kubelet_joined || ! newer_kernel_has_modules; }

install_network_modules() {
  m_kernel=$(uname -r)
  m_packages=$(kernel_packages "$m_kernel")
  m_extra=$m_packages-modules-extra
  ledger package-set all || return 1
  for m_package in "$m_extra" "$m_extra-matched"; do
    # Another version of it that is installed is another kernel's, and stays.
    [ -n "$(query_packages "$m_package")" ] || ledger_packages "$m_package" || return 1
  done
  with_keys install_modules && network_modules_or_reboot && return 0
  say "no repository has $m_extra-$m_kernel any more, and none a newer kernel with these modules: dnf upgrade $m_packages $m_extra," \
    'reboot into the new one, and run again'
  return 1
}

# install_modules: of the kernel that runs; where they are gone from the mirrors, with the newest kernel.
install_modules() {
  rpm_install "$m_extra-$m_kernel" "$m_extra-matched-$m_kernel" && return 0
  dnf_install - "$m_extra-$m_kernel" && return 0
  say "no repository has $m_extra-$m_kernel any more: installing the newest kernel with its modules"
  rpm_install "$m_packages" "$m_extra" "$m_extra-matched" || dnf_install - "$m_packages" "$m_extra"
}
