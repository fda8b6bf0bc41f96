# shellcheck shell=sh disable=SC2154 # what the prelude sets
# What putting a control plane back is made of; part of a program, run under set -eu. ID names one restore: everything here
# can be cut off anywhere and run again with the same ID, and then goes on or starts over from the archive.
#
# $P_STATE/restore/ID/   archive.tar as it was sent, files/ as it was unpacked, keys (what etcd held), done
# $P_STATE/saved/ID/     what was on the host before: kubernetes/, kubelet-pki/; moved, once all of it is out of the way
# /var/lib/etcd/saved-ID/member  etcd's data of before: it never leaves its disk, which renaming it could not do crash-safe
# /var/lib/etcd/member/provision-restore  ID, in data that this restore made, or that has joined what it made: by this it is
#   known, and by nothing else. What came to be here while the restore was cut off is moved aside as well, as NAME.2 and so on.

kubernetes=/etc/kubernetes
etcd_data=/var/lib/etcd
kubelet_pki=/var/lib/kubelet/pki
components='etcd kube-apiserver kube-controller-manager kube-scheduler'

# What kubeadm makes, but for what cannot be made again, and what cannot: below /etc/kubernetes. All else there is the operator's.
made_anew=''
for r_name in $components; do made_anew="$made_anew manifests/$r_name.yaml"; done
for r_name in admin super-admin kubelet bootstrap-kubelet controller-manager scheduler; do made_anew="$made_anew $r_name.conf"; done
for r_name in apiserver apiserver-kubelet-client apiserver-etcd-client front-proxy-client etcd/server etcd/peer \
  etcd/healthcheck-client; do
  made_anew="$made_anew pki/$r_name.crt pki/$r_name.key"
done
lasting='pki/ca.crt pki/ca.key pki/front-proxy-ca.crt pki/front-proxy-ca.key pki/etcd/ca.crt pki/etcd/ca.key pki/sa.pub pki/sa.key'

# --- out of the way ---------------------------------------------------------------

# static_containers STORE COMPONENT: ids of its running containers. STORE: containerd or docker.
static_containers() {
  if [ "$1" = docker ]; then
    docker ps --quiet --no-trunc --filter "label=io.kubernetes.container.name=$2" \
      --filter label=io.kubernetes.pod.namespace=kube-system
    return
  fi
  # Those that have no task have ended.
  c_tasks=$(ctr -n k8s.io tasks ls | sed -n 's/ .*RUNNING.*//p')
  for c_id in $(ctr -n k8s.io containers ls -q \
    "labels.\"io.kubernetes.container.name\"==$2,labels.\"io.kubernetes.pod.namespace\"==kube-system"); do
    case "$nl$c_tasks$nl" in *"$nl$c_id$nl"*) printf '%s\n' "$c_id" ;; esac
  done
}

# end_containers STORE SIGNAL COMPONENT...: pods' other containers are left alone.
end_containers() {
  e_store=$1 e_signal=$2
  shift 2
  for e_component in "$@"; do
    for e_id in $(static_containers "$e_store" "$e_component"); do
      say "ending $e_component"
      if [ "$e_store" = docker ]; then docker kill --signal "$e_signal" "$e_id" >/dev/null || :; else
        ctr -n k8s.io tasks kill --signal "$e_signal" "$e_id" || :
      fi
    done
  done
}

control_plane_runs() {
  for r_component in $components; do [ -z "$(static_containers "$1" "$r_component")" ] || return 0; done
  return 1
}

# rest_control_plane STORE: the kubelet first, which would start them again, also after a power cut; a kubelet at rest leaves
# all containers as they are.
rest_control_plane() {
  hold_unit kubelet.service || return 1
  # etcd alone has something to write down.
  end_containers "$1" SIGKILL kube-apiserver kube-controller-manager kube-scheduler
  for r_signal in SIGTERM SIGKILL; do
    end_containers "$1" "$r_signal" etcd
    r_left=40
    while control_plane_runs "$1" && [ "$r_left" -gt 0 ]; do
      r_left=$((r_left - 1))
      sleep 0.5
    done
  done
  if control_plane_runs "$1"; then
    say 'the containers of the old control plane do not end'
    return 1
  fi
  # Not a container of ours: some etcd that is run in another way.
  if port_open - 2379 2>/dev/null; then
    say 'something still listens on port 2379: an etcd that Kubernetes did not start? stop it, then run again'
    return 1
  fi
}

# save_directory FROM NAME: all that is in it is in a copy, complete on disk before it has its name.
save_directory() {
  [ -d "$1" ] || return 0
  ! is_copied "$1" "$saved/$2" "$saved/$2".[0-9]* || return 0
  free_name "$saved/$2"
  rm -rf "$saved/$2.new" && cp -a "$1" "$saved/$2.new" && settled "$saved" || return 1
  mv "$saved/$2.new" "$R" && settled "$saved"
}

# is_of ID: etcd's data came out of that restore, or has joined what did.
is_of() { [ "$(cat "$etcd_data/member/provision-restore" 2>/dev/null)" = "$1" ]; }

# others ID: something of a control plane is here that this restore has not put here. It puts nothing here that kubeadm makes.
others() {
  for o_path in $made_anew; do [ ! -e "$kubernetes/$o_path" ] || return 0; done
  for o_path in $lasting; do
    [ ! -e "$kubernetes/$o_path" ] || cmp -s "$P_STATE/restore/$1/files/kubernetes/$o_path" "$kubernetes/$o_path" || return 0
  done
  [ ! -e "$kubelet_pki" ] || return 0
  [ -d "$etcd_data/member" ] && ! is_of "$1"
}

# move_aside ID STORE: nothing of a control plane of others is left in its place, and all of it is saved. A disk of its own
# (/etc, /var, etcd's) is no trouble: small files are copied, etcd's data is renamed where it is.
move_aside() {
  saved=$P_STATE/saved/$1
  if [ -e "$saved/moved" ]; then
    others "$1" || return 0
    note "a control plane was made here after the previous one had been moved away: it is moved as well, into $saved and $etcd_data/saved-$1"
  fi
  mkdir -p "$saved" && chmod 700 "$P_STATE" "$P_STATE/saved" "$saved" && rest_control_plane "$2" &&
    save_directory "$kubernetes" kubernetes && save_directory "$kubelet_pki" kubelet-pki || return 1
  r_gone=''
  for r_name in $made_anew $lasting; do r_gone="$r_gone $kubernetes/$r_name"; done
  # shellcheck disable=SC2086 # names without blanks
  mkdir -p "$kubernetes" && rm -f $r_gone && rm -rf "$kubelet_pki" || return 1
  # Before the data goes: with a manifest that came back after a power cut an etcd would begin anew, and empty.
  settled "$kubernetes" "$kubelet_pki" && move_member "$1" || return 1
  : >"$saved/moved" && settled "$saved"
}

# move_member ID: etcd's data that is not of this restore.
move_member() {
  if [ ! -d "$etcd_data/member" ] || is_of "$1"; then return 0; fi
  mkdir -p "$etcd_data/saved-$1" && chmod 700 "$etcd_data/saved-$1" || return 1
  free_name "$etcd_data/saved-$1/member"
  mv "$etcd_data/member" "$R" || return 1
  say "the previous data of etcd is in $R"
  settled "$etcd_data"
}

# --- from the archive ---------------------------------------------------------------

# unpack ID: the archive's files, each with its sum.
unpack() {
  work=$P_STATE/restore/$1
  if [ ! -d "$work/files" ]; then
    if [ ! -s "$work/archive.tar" ]; then
      say "$work/archive.tar is not there"
      return 1
    fi
    rm -rf "$work/files.new"
    mkdir -m 700 "$work/files.new"
    tar -x --no-same-owner -f "$work/archive.tar" -C "$work/files.new"
    settled "$work"
    mv "$work/files.new" "$work/files"
  fi
  (cd "$work/files" && sha256sum --quiet -c SHA256SUMS)
  if [ ! -x "$P_STATE/etcd/etcdutl" ]; then
    say "etcd's own tools are not in $P_STATE/etcd"
    return 1
  fi
  "$P_STATE/etcd/etcdutl" snapshot status "$work/files/etcd.snapshot" -w json
}

# same_networks ID CONFIG: Services and pods keep the addresses that are in the data.
same_networks() {
  for n_name in podSubnet serviceSubnet dnsDomain; do
    n_had=$(setting "$n_name" "$P_STATE/restore/$1/files/kubeadm-config.yaml")
    n_wanted=$(setting "$n_name" "$2")
    if [ -n "$n_had" ] && [ "$n_had" != "$n_wanted" ]; then
      say "the archive's $n_name is $n_had and the inventory's $n_wanted: what is in the data has addresses and names of the former"
      return 1
    fi
  done
}

# room_for ID: the restored data takes about what the snapshot takes, and etcd's disk may be the one that was full.
room_for() {
  mkdir -p "$etcd_data"
  f_needed=$(($(stat -c %s "$P_STATE/restore/$1/files/etcd.snapshot") / 1024 + 65536))
  f_free=$(df -Pk "$etcd_data" | awk 'NR == 2 { print $4 }')
  if [ "$f_free" -lt "$f_needed" ]; then
    say "not enough room: $etcd_data has $f_free KiB, and restoring takes $f_needed"
    return 1
  fi
}

# put_back ID: CAs and the service accounts' key, and what the operator had put there, where there is none yet.
put_back() {
  from=$P_STATE/restore/$1/files/kubernetes
  for b_path in $lasting; do
    if [ ! -s "$from/$b_path" ]; then
      say "the archive holds no $b_path: a control plane cannot be put back without it"
      return 1
    fi
    put_file "$b_path"
  done
  (cd "$from" && find . -type f ! -path './kubelet.conf.d/*' ! -path './tmp/*') | sed 's,^\./,,' >"$P_RUN/theirs"
  while IFS= read -r b_path; do
    case " $made_anew $lasting " in *" $b_path "*) continue ;; esac
    if [ ! -e "$kubernetes/$b_path" ]; then
      put_file "$b_path"
      say "$kubernetes/$b_path is back"
    elif ! cmp -s "$from/$b_path" "$kubernetes/$b_path"; then
      note "$kubernetes/$b_path is another than in the archive, and was left as it is"
    fi
  done <"$P_RUN/theirs"
}

# put_file PATH: at once or not at all, and never over what is not saved: all that is is out of the way.
put_file() {
  p_target=$kubernetes/$1
  if [ -e "$p_target" ]; then
    ! cmp -s "$from/$1" "$p_target" || return 0
    say "$p_target came to be there just now, and is no file of the archive's: it is not overwritten"
    return 1
  fi
  p_new=${p_target%/*}/.${p_target##*/}.provision
  mkdir -p "${p_target%/*}" && cp -p "$from/$1" "$p_new" && chown root:root "$p_new" && to_disk "$p_new" && mv -fT "$p_new" "$p_target"
}

# member_of CONFIG: the name and peer URL that kubeadm gives this host's etcd, as NAME=URL: asked from kubeadm itself, whose
# choice of an address depends on routes. Its manifest, with which an etcd would begin anew, comes to lie where no kubelet
# sees it: in memory, mounted over the place in a name space that ends with kubeadm.
member_of() {
  m_made=$P_RUN/manifests
  mkdir -p "$kubernetes/manifests" "$m_made"
  # shellcheck disable=SC2016 # for that shell
  unshare --mount sh -c 'mount --bind "$1" "$2" && exec kubeadm init phase etcd local --config "$3"' \
    sh "$m_made" "$kubernetes/manifests" "$1" >&2
  member=$(sed -n 's/^ *- --initial-cluster=//p' "$m_made/etcd.yaml")
  case $member in
  ?*=https://?*:2380) ;;
  *)
    say "kubeadm names no member of etcd: $member"
    return 1
    ;;
  esac
}

# revisions_on SNAPSHOT: how far its revisions must be moved on. Whoever watches (a kubelet that runs on, a controller) has seen
# revisions, and would wait for ever for those that lie before them: also where the same archive is restored for the second time.
# So they go on from the milliseconds since 1970, which no etcd reaches by counting writes, and which grow from restore to restore.
revisions_on() {
  r_revision=$("$P_STATE/etcd/etcdutl" snapshot status "$1" -w json | sed 's/.*"revision":\([0-9]*\).*/\1/')
  r_on=$(($(date +%s) * 1000 - r_revision))
  # A clock that was wrong then, or is now.
  [ "$r_on" -gt 1000000000 ] || r_on=1000000000
  printf '%s\n' "$r_on"
}

# restore_etcd ID CONFIG: the snapshot as the data of a new cluster of one member, tried before it takes its place.
restore_etcd() {
  work=$P_STATE/restore/$1
  scratch=$etcd_data/restore-$1
  ! is_of "$1" || return 0
  move_member "$1"
  rm -rf "$scratch"
  mkdir -p "$etcd_data"
  chmod 700 "$etcd_data"
  member_of "$2"
  r_bump=$(revisions_on "$work/files/etcd.snapshot")
  r_status=0
  "$P_STATE/etcd/etcdutl" snapshot restore "$work/files/etcd.snapshot" --data-dir "$scratch" --name "${member%%=*}" \
    --initial-cluster "$member" --initial-advertise-peer-urls "${member#*=}" --initial-cluster-token "provision-$1" \
    --bump-revision "$r_bump" --mark-compacted >"$P_RUN/etcdutl.log" 2>&1 || r_status=$?
  if [ "$r_status" -ne 0 ]; then
    tail -n 5 "$P_RUN/etcdutl.log" | cut_lines 600 >&2
    return 1
  fi
  list_keys "$scratch" "$work"
  printf '%s\n' "$1" >"$scratch/member/provision-restore"
  settled "$scratch"
  mv -T "$scratch/member" "$etcd_data/member"
  settled "$etcd_data"
  rm -rf "$scratch"
}

# list_keys DATA WORK: all keys of the data of a lone member, sorted, as WORK/keys; which also shows that an etcd starts from
# it. Nobody but root can reach that etcd: it listens on sockets in the program's directory. What it advertises must look like
# an address, and is nobody's: it advertises anew once it is started by the kubelet.
list_keys() {
  k_socket=unix://$P_RUN/etcd.sock
  "$P_STATE/etcd/etcd" --name "${member%%=*}" --data-dir "$1" --listen-client-urls "$k_socket" \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls "unix://$P_RUN/etcd-peer.sock" \
    --initial-advertise-peer-urls "${member#*=}" --initial-cluster "$member" --log-level warn >"$P_RUN/etcd.log" 2>&1 &
  k_etcd=$!
  k_left=240
  until "$P_STATE/etcd/etcdctl" --endpoints "$k_socket" --command-timeout 5s endpoint health >/dev/null 2>&1; do
    k_left=$((k_left - 1))
    if [ "$k_left" -le 0 ] || ! kill -0 "$k_etcd" 2>/dev/null; then
      tail -n 5 "$P_RUN/etcd.log" >&2
      kill "$k_etcd" 2>/dev/null || :
      say 'etcd does not start from the restored data'
      return 1
    fi
    sleep 0.5
  done
  "$P_STATE/etcd/etcdctl" --endpoints "$k_socket" --command-timeout 300s get /registry/ --prefix --keys-only >"$2/keys.all"
  kill "$k_etcd"
  wait "$k_etcd" || :
  grep '^/registry/' "$2/keys.all" | sort >"$2/keys.new"
  rm -f "$2/keys.all"
  if [ ! -s "$2/keys.new" ]; then
    say 'the restored etcd holds nothing of Kubernetes'
    return 1
  fi
  to_disk "$2/keys.new"
  mv "$2/keys.new" "$2/keys"
}
