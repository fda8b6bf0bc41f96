# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- the kubelet, and why what it runs does not come up ---------------------------

# kubelet_mark: kubelet_log has what the kubelet says from here on. A place in the journal, no time: the clock may be set.
kubelet_mark() { k_mark=$(journalctl -q --no-pager -n 1 -o cat --show-cursor 2>/dev/null | sed -n 's/^-- cursor: //p'); }
kubelet_log() {
  if [ -n "${k_mark:-}" ]; then
    journalctl -q --no-pager -u kubelet.service -o cat "--after-cursor=$k_mark" 2>/dev/null
  else
    journalctl -q --no-pager -u kubelet.service -o cat -b -n 2000 2>/dev/null
  fi
}

# kubelet_trouble: says why the kubelet, or a pod of the control plane that it is to run, does not come up. Status 0 where
# that does not change by itself: it ended three times for a reason that is of this host, or it has turned the pod away,
# which it does only once.
kubelet_trouble() {
  kubelet_log | awk '
    function field(name) { return match($0, " " name "=\"[^\"]*") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
    # Until kubeadm has written its configuration it ends every ten seconds, and should.
    /\/var\/lib\/kubelet\/config\.yaml.*no such file/ { ends = 0; early = 1; next }
    /"Kubelet version"/ { denied = "" }
    /"Pod admission denied".* pod="kube-system\/(etcd|kube-apiserver|kube-controller-manager|kube-scheduler)-/ {
      denied = "the kubelet turns " field("pod") " away (" field("reason") "): " field("message")
    }
    /^[EF][0-9][0-9][0-9][0-9] / {
      sub(/^[^]]*\] /, "")
      last = $0
      if (/^"(command failed|Failed to (run|start|initialize))|^failed to run Kubelet/) told = $0
    }
    /^panic: / { told = $0 }
    /^kubelet\.service: [Mm]ain process exited/ {
      if (early) early = 0
      else { ends++; why = told != "" ? told : last != "" ? last : $0 }
      told = last = ""
    }
    END {
      if (denied != "") { print substr(denied, 1, 600); exit 0 }
      if (!ends) exit 1
      sub(/^"command failed" err="/, "", why)
      sub(/"$/, "", why)
      print "the kubelet has ended by itself, " ends (ends == 1 ? " time: " : " times: ") substr(why, 1, 600)
      exit (ends < 3 || why ~ /dial tcp|connection refused|deadline exceeded|[Tt]imeout|Unauthorized|EOF|no route to host|no such host/)
    }'
}

# control_plane_trouble: says which parts of the control plane have ended on this host, and their last words.
control_plane_trouble() {
  for k_name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    [ -e "/etc/kubernetes/manifests/$k_name.yaml" ] || continue
    [ -z "$(timeout 10 crictl ps -q --state running --name "^$k_name\$" 2>/dev/null)" ] || continue
    k_id=$(timeout 10 crictl ps -a -q --latest --name "^$k_name\$" 2>/dev/null | head -n 1)
    if [ -n "$k_id" ]; then
      printf '%s has ended: %s\n' "$k_name" "$(timeout 10 crictl logs --tail 5 "$k_id" 2>&1 | tail -n 1 | cut_lines 400)"
    else
      printf 'no container of %s was ever started\n' "$k_name"
    fi
  done
}

# watched COMMAND...: one that waits for the kubelet and for what it runs, as kubeadm does. Ended as soon as that is in
# vain; where it fails, what is known of the reason comes last, since of a long log the end is shown.
watched() {
  kubelet_mark
  "$@" &
  k_command=$!
  end_in_vain "$k_command" >/dev/null 2>&1 &
  k_watch=$!
  k_status=0
  wait "$k_command" || k_status=$?
  kill "$k_watch" 2>/dev/null || :
  [ "$k_status" -ne 0 ] || return 0
  control_plane_trouble >&2
  kubelet_trouble >&2 || :
  return "$k_status"
}

# end_in_vain PID: ends it where what the kubelet is to run has not come up, and for three looks could not.
end_in_vain() {
  k_looks=0
  while sleep 5; do
    if kubelet_trouble; then k_looks=$((k_looks + 1)); else k_looks=0; fi
    if [ "$k_looks" -ge 3 ]; then
      kill "$1"
      return
    fi
  done
}
