# shellcheck shell=sh
# How an archive is made on a control plane: of provision's own programs and of the timer's script alike. Needs say, P_STATE
# and etcd's tools; works without the API server. Anything that fails ends it with a status.

# etcd_here: etcdctl's options for the member of this host, as kubeadm set it up. Words without blanks.
etcd_here() {
  e_pki=/etc/kubernetes/pki/etcd
  printf '%s ' --endpoints=https://127.0.0.1:2379 --cacert=$e_pki/ca.crt --cert=$e_pki/healthcheck-client.crt \
    --key=$e_pki/healthcheck-client.key --dial-timeout=10s
}

# make_archive DIRECTORY CLUSTER HOST INVENTORY OPTION...: DIRECTORY/archive.tar, of the etcd that etcdctl reaches with these
# options. The directory is made anew, and holds nothing else in the end but manifest.json.
make_archive() {
  a_directory=$1 a_cluster=$2 a_host=$3 a_inventory=$4
  shift 4
  umask 077
  a_stage=$a_directory/stage
  rm -rf "$a_directory" && mkdir -p "$a_stage" || return 1
  archive_room "$a_directory" "$@" || return 1
  say 'taking the snapshot'
  "$P_STATE/etcd/etcdctl" "$@" --command-timeout=1800s snapshot save "$a_stage/etcd.snapshot" >&2 || return 1
  "$P_STATE/etcd/etcdutl" snapshot status "$a_stage/etcd.snapshot" -w json >"$a_directory/status" || return 1
  a_revision=$(json_number revision <"$a_directory/status") && [ -n "$a_revision" ] || return 1
  say "counting objects at revision $a_revision"
  list_objects "$a_revision" "$@" >"$a_directory/keys" || return 1
  say 'copying files'
  archive_files "$a_stage" "$@" || return 1
  cp "$a_inventory" "$a_stage/inventory.yaml" || return 1
  archive_manifest "$a_directory" "$a_cluster" "$a_host" >"$a_stage/manifest.json" || return 1
  (cd "$a_stage" && find . -type f -exec sha256sum {} + >"$a_directory/sums") || return 1
  sed 's,  \./,  ,' "$a_directory/sums" >"$a_stage/SHA256SUMS" || return 1
  say 'writing the archive'
  # The manifest first: whoever reads it as it comes knows at once what it is.
  tar -cf "$a_directory/archive.tar" -C "$a_stage" --numeric-owner --owner=0 --group=0 \
    manifest.json SHA256SUMS kubeadm-config.yaml inventory.yaml kubernetes etcd.snapshot || return 1
  cp "$a_stage/manifest.json" "$a_directory/manifest.json" || return 1
  rm -rf "$a_stage" "$a_directory/keys" "$a_directory/status" "$a_directory/sums"
}

# archive_room DIRECTORY OPTION...: the snapshot lies there twice for a moment.
archive_room() {
  r_directory=$1
  shift
  r_size=$("$P_STATE/etcd/etcdctl" "$@" endpoint status -w json | json_number dbSize)
  [ -n "$r_size" ] || return 1
  r_needed=$((2 * r_size + 67108864)) r_free=$(($(stat -f -c '%a * %S' "$r_directory")))
  if [ "$r_free" -lt "$r_needed" ]; then
    say "not enough room: making the archive takes $r_needed bytes in $r_directory, and there are $r_free"
    return 1
  fi
}

# json_number NAME: its first value. Reads stdin.
json_number() { sed -n "1s/.*\"$1\":\([0-9][0-9]*\).*/\1/p"; }

# list_objects REVISION OPTION...: all keys of Kubernetes at that revision.
list_objects() {
  l_revision=$1
  shift
  "$P_STATE/etcd/etcdctl" "$@" --command-timeout=600s get /registry/ --prefix --keys-only --rev="$l_revision"
}

# count_kinds: keys on stdin as lines "COUNT KIND". KIND is the first part below /registry, of custom resources
# GROUP/RESOURCE, of services services/specs and services/endpoints. Reads stdin.
count_kinds() {
  sed -n -e 's,^/registry/\([^/]*\.[^/]*/[^/]*\)/.*,\1,p;t' -e 's,^/registry/\(services/[^/]*\)/.*,\1,p;t' \
    -e 's,^/registry/\([^/]*\)/.*,\1,p' | sed 's,[^A-Za-z0-9._/:-],?,g' | LC_ALL=C sort | uniq -c | sed 's/^ *//'
}

# archive_files STAGE OPTION...: /etc/kubernetes with what its links lead to, and kubeadm's configuration of the cluster.
archive_files() {
  f_stage=$1
  shift
  mkdir "$f_stage/kubernetes" || return 1
  (cd /etc/kubernetes && find . \( -name tmp -prune \) -o \( -type f -o -type l \) -print) >"${f_stage%/*}/files" || return 1
  while IFS= read -r f_path; do
    if [ ! -f "/etc/kubernetes/$f_path" ]; then
      say "left out: /etc/kubernetes/${f_path#./}, a link that leads to no file"
      continue
    fi
    mkdir -p "$f_stage/kubernetes/${f_path%/*}" || return 1
    # Mode and times are the file's, whatever leads to it.
    cp -L --preserve=mode,timestamps "/etc/kubernetes/$f_path" "$f_stage/kubernetes/$f_path" || return 1
  done <"${f_stage%/*}/files"
  rm -f "${f_stage%/*}/files"
  kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s -n kube-system get configmap kubeadm-config \
    -o jsonpath='{.data.ClusterConfiguration}' >"$f_stage/kubeadm-config.yaml" 2>/dev/null || :
  [ -s "$f_stage/kubeadm-config.yaml" ] || kubeadm_config "$@" >"$f_stage/kubeadm-config.yaml"
}

# kubeadm_config OPTION...: kubeadm's configuration out of etcd itself, where no API server answers. The text stands in the
# object as it is, its beginning and end marked by bytes that are no text.
kubeadm_config() {
  "$P_STATE/etcd/etcdctl" "$@" get /registry/configmaps/kube-system/kubeadm-config --print-value-only |
    LC_ALL=C tr -c '[:print:]\n' '\n' | sed -n '/^api\(Server\|Version\):/,/^scheduler:/p'
}

# archive_manifest DIRECTORY CLUSTER HOST: of the snapshot's status and the keys there.
archive_manifest() {
  m_objects=$(count_kinds <"$1/keys" | sed 's/^\([0-9]*\) \(.*\)$/"\2":\1/' | paste -sd, -)
  m_nodes=$(sed -n 's,^/registry/minions/\([a-z0-9.-]*\)$,"\1",p' "$1/keys" | paste -sd, -)
  m_version=$(sed -n 's/^kubernetesVersion: *\(v[0-9.a-z+-]*\).*/\1/p' "$1/stage/kubeadm-config.yaml")
  m_etcd=$("$P_STATE/etcd/etcdutl" version | sed -n 's/^etcdutl version: *\([0-9.a-z+-]*\).*/\1/p')
  cat <<END
{"format":1,"cluster":"$2","host":"$3","createdAt":"$(date -u +%Y-%m-%dT%H:%M:%SZ)","kubernetesVersion":"$m_version",
"etcdVersion":"$m_etcd","revision":$(json_number revision <"$1/status"),"etcdHash":$(json_number hash <"$1/status"),
"totalKeys":$(json_number totalKey <"$1/status"),"objects":{$m_objects},"nodes":[$m_nodes]}
END
}

# prune_archives DIRECTORY CLUSTER LAST DAILY WEEKLY MONTHLY [MADE]: keeps the newest LAST archives, and the newest of each of
# so many days, weeks and months that have any (UTC; weeks begin on Monday). The newest of all always stays, and so does MADE.
# A stamp that is still to come is that of a clock which was ahead: it counts for nothing, and its archive stays.
prune_archives() {
  p_until=$(date -u +%Y%m%d%H%M%S) || return 1
  p_count=0 p_days=0 p_weeks=0 p_months=0 p_day='' p_week='' p_month=''
  for p_file in $(find "$1" -maxdepth 1 -type f -name "$2-????????-??????Z.tar.age" | LC_ALL=C sort -r); do
    p_stamp=${p_file##*/"$2"-}
    p_date=${p_stamp%%-*}
    p_time=${p_stamp#*-}
    if [ "$p_date${p_time%%Z*}" -gt "$p_until" ]; then
      say "${p_file##*/} is of the future: a clock was ahead when it was made. It stays, and does not count"
      continue
    fi
    p_kept=0 p_count=$((p_count + 1))
    if [ "$p_count" -eq 1 ] || [ "$p_count" -le "$3" ]; then p_kept=1; fi
    if [ "$p_date" != "$p_day" ] && [ "$p_days" -lt "$4" ]; then p_kept=1 p_day=$p_date p_days=$((p_days + 1)); fi
    p_now=$(date -u -d "$p_date" +%G%V)
    if [ "$p_now" != "$p_week" ] && [ "$p_weeks" -lt "$5" ]; then p_kept=1 p_week=$p_now p_weeks=$((p_weeks + 1)); fi
    p_now=${p_date%??}
    if [ "$p_now" != "$p_month" ] && [ "$p_months" -lt "$6" ]; then p_kept=1 p_month=$p_now p_months=$((p_months + 1)); fi
    if [ "$p_kept" = 0 ] && [ "${p_file##*/}" != "${7:-}" ]; then
      say "removing ${p_file##*/}"
      rm -f "$p_file" "$p_file.json"
    fi
  done
}
