# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- machines of clouds -------------------------------------------------------------

# cloud_setting KEY: sets R to the value that counts for cloud-init, in lower case; empty where nobody gave one. By rising
# rank: its own files, what the cloud gives to its machines, and user data. Only keys at the left margin.
cloud_setting() {
  R=''
  [ -d /etc/cloud ] || return 0
  R=$(sed -n "s/^$1:[[:blank:]]*//p" /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*.cfg \
    /var/lib/cloud/instance/vendor-cloud-config.txt /var/lib/cloud/instance/vendor2-cloud-config.txt \
    /var/lib/cloud/instance/cloud-config.txt 2>/dev/null |
    sed "s/[[:blank:]]*#.*//; s/[[:blank:]\"']//g" | tail -n 1 | tr '[:upper:]' '[:lower:]')
}

# cloud_hosts_template FAMILY...: whether cloud-init writes /etc/hosts at every boot, and by what: sets R to the template, the
# first that is there.
cloud_hosts_template() {
  cloud_setting manage_etc_hosts
  case $R in true | yes | on | 1 | template) ;; *) return 1 ;; esac
  for c_family in "$@"; do
    R=/etc/cloud/templates/hosts.$c_family.tmpl
    [ ! -e "$R" ] || return 0
  done
  return 1
}

# cloud_init_is_over: of this boot. Costs no process where it has ended or was never begun. One that was ended by hand, or
# whose last unit has failed, is over too; and what it runs itself must not wait for it.
cloud_init_is_over() {
  if [ ! -e /run/cloud-init/enabled ] || [ -e /run/cloud-init/result.json ]; then return 0; fi
  ! grep -Eqs '/cloud-(init|config|final)[^/]*\.service' /proc/self/cgroup || return 0
  case $nl$(systemctl show --property=ActiveState,Job cloud-final.service) in
  *"${nl}ActiveState=activating"* | *"${nl}Job="[1-9]*) ;;
  *) return 0 ;;
  esac
  c_stage=$(sed -n 's/.*"stage": "\([^"]*\)".*/\1/p' /run/cloud-init/status.json 2>/dev/null) || c_stage=''
  say "it is at ${c_stage:-its beginning}. What it does: cloud-init status --long. If it hangs: systemctl stop cloud-final.service"
  return 1
}

# azure_agent_is_over: where Azure's agent sets the machine up, and not cloud-init: with its name, its account and what the operator
# gave it to run. It notes when it has. In other places it finds nobody to ask.
azure_agent_is_over() {
  if [ ! -d /var/lib/waagent ] || [ -e /var/lib/waagent/provisioned ]; then return 0; fi
  one_line "$P_SYS/class/dmi/id/chassis_asset_tag" && [ "$R" = 7783-7084-3265-9085-8269-3286-77 ] || return 0
  ! grep -Eqs '/(waagent|walinuxagent)\.service' /proc/self/cgroup || return 0
  systemctl -q is-active waagent.service walinuxagent.service || return 0
  say "it has not set up the machine: see /var/log/waagent.log. If it never will: touch /var/lib/waagent/provisioned"
  return 1
}
