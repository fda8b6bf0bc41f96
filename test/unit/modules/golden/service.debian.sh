# t1 service: enabled and running
t1_check() {
:
! owed_restart phase-t1 docker.service || exit 1
unit_is docker.service yes yes -
}
t1_apply() {
ready_unit docker.service no
systemctl -q enable docker.service
release_unit docker.service
if owed_restart phase-t1 docker.service; then verb=restart; else verb=start; fi
run_unit "$verb" docker.service
settle phase-t1
}
# t2 service: reloaded where a restart is owed
t2_check() {
:
! owed_restart phase-t2 containerd.service || exit 1
unit_is containerd.service - yes -
}
t2_apply() {
ready_unit containerd.service no
release_unit containerd.service
if owed_restart phase-t2 containerd.service; then verb=reload-or-restart; else verb=start; fi
run_unit "$verb" containerd.service
settle phase-t2
}
# t3 service: only what is owed
t3_check() {
if unit NetworkManager.service; then case $R in not-found*) exit 0 ;; esac; else exit 0; fi
! owed_restart phase-t3 NetworkManager.service || exit 1
unit_is NetworkManager.service - - -
}
t3_apply() {
ready_unit NetworkManager.service -
! owed_restart phase-t3 NetworkManager.service || systemctl try-reload-or-restart NetworkManager.service
settle phase-t3
}
# t4 service: restarted where that is owed and it runs
t4_check() {
if unit systemd-networkd.service; then case $R in not-found*) exit 0 ;; esac; else exit 0; fi
! owed_restart phase-t4 systemd-networkd.service || exit 1
unit_is systemd-networkd.service - - -
}
t4_apply() {
ready_unit systemd-networkd.service -
! owed_restart phase-t4 systemd-networkd.service || systemctl try-restart systemd-networkd.service
settle phase-t4
}
# t5 service: off
t5_check() {
:
! owed_restart phase-t5 ufw.service || exit 1
unit_is ufw.service no no -
}
t5_apply() {
ready_unit ufw.service -
systemctl -q disable ufw.service
systemctl stop ufw.service
settle phase-t5
}
# t6 service: masked
t6_check() {
:
! owed_restart phase-t6 swap.target || exit 1
unit_is swap.target - no yes
}
t6_apply() {
ready_unit swap.target -
systemctl stop swap.target
systemctl -q mask swap.target
settle phase-t6
}
# t7 service: unmasked
t7_check() {
:
! owed_restart phase-t7 docker.socket || exit 1
unit_is docker.socket yes - no
}
t7_apply() {
ready_unit docker.socket no
systemctl -q enable docker.socket
! owed_restart phase-t7 docker.socket || systemctl try-restart docker.socket
settle phase-t7
}
