# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- releases of Helm -------------------------------------------------------------------
# What a release was made of stands in labels of its record, the Secret that Helm keeps of each revision: provision/digest,
# and provision/revision, the number of the revision that this is true of. Helm hands labels on to revisions that others
# make; those have another number.

h_home=$P_RUN/helm
h_limit='' # seconds, for what helm has no limit of its own

# helm_at ARGUMENT...: helm with its files in the run's own directory, so that it reads nobody's settings and leaves none.
helm_at() (
  umask 077
  HELM_CACHE_HOME=$h_home/cache HELM_CONFIG_HOME=$h_home/config HELM_DATA_HOME=$h_home/data KUBECACHEDIR=$h_home/kube
  HELM_NO_PLUGINS=1
  export HELM_CACHE_HOME HELM_CONFIG_HOME HELM_DATA_HOME KUBECACHEDIR HELM_NO_PLUGINS
  if ! command -v helm >/dev/null; then
    say 'helm is not here: write helm: {} into the inventory'
    exit 127
  fi
  ${h_limit:+timeout "$h_limit"} helm --kubeconfig /etc/kubernetes/admin.conf "$@"
)

# release_records: lines "NAMESPACE NAME REVISION STATUS DIGEST NOTED" of all revisions there are, "-" for no label. One
# question for all tasks, as long as nothing was changed; and as a table, without what is in the records.
release_records() {
  if [ "$P_SNAPSHOT" != 1 ] || [ ! -e "$h_home/records" ]; then
    mkdir -p "$h_home" || return 1
    api get secrets -A -l owner=helm -L name,version,status,provision/digest,provision/revision --no-headers >"$h_home/asked" || return 1
    awk '{ for (i = 6; i <= 10; i++) if ($i == "" || $i == "<none>") $i = "-"; print $1, $6, $7, $8, $9, $10 }' "$h_home/asked" >"$h_home/records.new" &&
      mv -f "$h_home/records.new" "$h_home/records" || return 1
  fi
  cat "$h_home/records"
}

# release_state NAMESPACE NAME: "REVISION STATUS DIGEST NOTED" of its last revision; nothing where there is none.
release_state() {
  s_records=$(release_records) || return 1
  printf '%s\n' "$s_records" | awk -v namespace="$1" -v name="$2" '
    $1 == namespace && $2 == name && $3 + 0 > last { last = $3 + 0; state = $3 " " $4 " " $5 " " $6 }
    END { if (last) print state }'
}

# release_is NAMESPACE NAME DIGEST: status 0 it is there as it should be, 1 it is not.
release_is() {
  i_state=$(release_state "$1" "$2") || return 2
  case $i_state in '') return 1 ;; esac
  [ "$i_state" = "${i_state%% *} deployed $3 ${i_state%% *}" ]
}

# --- charts and values ---

# lay_out ID PART...: what the functions ID_part_PART print as files, for us alone; and then: "$h_place/PART".
lay_out() {
  h_place=$h_home/$1
  (umask 077 && mkdir -p "$h_place") || return 1
  l_id=$1
  shift
  for l_part in "$@"; do (umask 077 && "${l_id}_part_$l_part" >"$h_place/$l_part") || return 1; done
}

# pull_chart REFERENCE VERSION OPTION...: from a registry; leaves where it is in h_chart. Once for the diff and what comes after it.
pull_chart() {
  p_reference=$1 p_version=$2
  shift 2
  [ ! -e "$h_place/login" ] || set -- "$@" --registry-config "$h_place/login"
  # A part of one that was cut short must not be taken for a chart.
  if [ ! -d "$h_place/pulled" ]; then
    rm -rf "$h_place/pulling" && mkdir -p "$h_place/pulling" || return 1
    h_limit=120
    with_proxy helm_at pull "$p_reference" --version "$p_version" -d "$h_place/pulling" "$@" >&2 || return 1
    mv "$h_place/pulling" "$h_place/pulled" || return 1
  fi
  chart_in "$h_place/pulled"
}

# pull_listed NAME VERSION: from the repository that the part `repositories` names.
pull_listed() {
  h_limit=120
  [ -d "$h_place/pulled" ] || with_proxy helm_at repo update --repository-config "$h_place/repositories" >&2 || return 1
  pull_chart "provision/$1" "$2" --repository-config "$h_place/repositories"
}

# chart_in DIRECTORY: the one that is in it.
chart_in() {
  for h_chart in "$1"/*.tgz; do [ -f "$h_chart" ] && return 0; done
  say 'no chart came'
  return 1
}

# own_chart: a folder that came with the program, so that what its .helmignore says counts.
own_chart() {
  h_chart=$h_place/folder
  [ ! -d "$h_chart" ] || return 0
  rm -rf "$h_chart.new" && mkdir -p "$h_chart.new" || return 1
  tar -xzf "$h_place/chart" -C "$h_chart.new" && mv "$h_chart.new" "$h_chart"
}

# values_of: the options that name the files with values, the last of which counts most.
values_of() {
  for v_part in file values secret; do [ ! -e "$h_place/$v_part" ] || printf ' -f %s' "$h_place/$v_part"; done
}

# --- what would change ---

# release_diff NAMESPACE NAME shown|named: the objects that the chart in h_chart makes, beside those that there are.
release_diff() {
  d_state=$(release_state "$1" "$2") || d_state=''
  d_upgrade=''
  printf '' >"$h_place/was" || return 1
  if [ -n "$d_state" ]; then
    d_upgrade=--is-upgrade
    helm_at get manifest "$2" -n "$1" >"$h_place/was" || return
  fi
  # An object of a kind that the chart itself brings cannot be looked up yet.
  render_release "$1" "$2" "$d_upgrade" server || render_release "$1" "$2" "$d_upgrade" client || {
    tail -n 5 "$h_place/refused"
    return
  }
  if [ "$3" = named ]; then
    named_objects
  else
    hide_secrets
    diff -u -L "$1/$2" -L "$1/$2" "$h_place/was.shown" "$h_place/becomes.shown"
  fi
  helm_at show crds "$h_chart" >"$h_place/crds" || return
  [ ! -s "$h_place/crds" ] || api_diff <"$h_place/crds"
}

render_release() {
  # shellcheck disable=SC2046,SC2086 # words
  helm_at template "$2" "$h_chart" -n "$1" --no-hooks --skip-crds $3 --dry-run="$4" $(values_of) >"$h_place/becomes" 2>"$h_place/refused"
}

# hide_secrets: was.shown and becomes.shown, with the values of Secrets taken out, and a mark where one is another.
hide_secrets() {
  : >"$h_place/was.shown"
  : >"$h_place/becomes.shown"
  awk -v shown="$h_place" '
    function indent(text) { match(text, /^[ \t]*/); return RLENGTH }
    # Values begin at a key of data or stringData and end before the next one of the same depth.
    function finish_value() {
      if (key == "") return
      print head hidden(kind name key, value) >out
      key = ""
    }
    function hidden(id, text) {
      if (!second) known[id] = text
      return !second || !(id in known) || known[id] == text ? "(hidden)" : "(hidden, and another one)"
    }
    function finish(i, text, within, depth, colon) {
      while (count && line[count] ~ /^[ \t\r]*$/) count--
      if (!count) return
      kind = name = key = ""
      secret = nested = 0
      for (i = 1; i <= count; i++) {
        if (line[i] ~ /^kind:/) kind = line[i]
        if (name == "" && line[i] ~ /^[ \t]+name:/) name = line[i]
        if (line[i] ~ /^kind:[ \t]*["\047]?Secret["\047]?[ \t\r]*$/) secret = 1
        else if (line[i] ~ /["\047]?kind["\047]?[ \t]*:[ \t]*["\047]?Secret["\047]?[ \t\r]*([,}].*)?$/) nested = 1
      }
      if (nested && (kind == "" || kind ~ /List/)) {
        for (i = 1; i <= count; i++) text = text line[i] "\n"
        print "---\n# Secrets in one document: " hidden(line[1] line[2], text) >out
        count = 0
        return
      }
      for (i = 1; i <= count; i++) {
        text = line[i]
        if (!secret) { print text >out; continue }
        if (text ~ /^[^ \t#]/) {
          finish_value()
          within = depth = 0
          if (text ~ /^["\047]?(data|stringData)["\047]?[ \t]*:/) {
            within = 1
            colon = index(text, ":")
            if (substr(text, colon + 1) ~ /[^ \t\r]/) { key = substr(text, 1, colon); head = key " "; value = text; finish_value(); continue }
          }
          print text >out
        } else if (!within) print text >out
        else {
          if (!depth && text ~ /[^ \t]/) depth = indent(text)
          if (text ~ /[^ \t]/ && indent(text) <= depth) {
            finish_value()
            colon = index(text, ":")
            key = substr(text, 1, colon)
            head = key " "
            value = substr(text, colon + 1)
          } else value = value "\n" text
        }
      }
      finish_value()
      count = 0
    }
    FILENAME != file { finish(); file = FILENAME; second = file ~ /becomes$/; out = shown (second ? "/becomes.shown" : "/was.shown") }
    /^---/ { finish() }
    { line[++count] = $0 }
    END { finish() }' "$h_place/was" "$h_place/becomes"
}

# named_objects: of those that change nothing but the names: values that nobody is to see may be anywhere in them.
named_objects() {
  awk '
    function finish() {
      object = kind (name == "" ? "" : " " name)
      if (kind != "") { text[second, object] = all; seen[object] = 1 }
      all = kind = name = ""
    }
    FILENAME != file { finish(); file = FILENAME; second = file ~ /becomes$/ }
    /^---/ { finish() }
    /^kind:/ { kind = $2 }
    /^[ \t]+name:/ && name == "" { name = $2; gsub(/["\047]/, "", name) }
    /^metadata:.*[{ ]name:/ { name = $0; sub(/.*[{ ]name:[ \t]*/, "", name); sub(/[ ,}].*/, "", name) }
    { all = all $0 "\n" }
    END {
      finish()
      for (one in seen) {
        if (!((0, one) in text)) print "+ " one
        else if (!((1, one) in text)) print "- " one
        else if (text[0, one] != text[1, one]) print "~ " one
      }
    }' "$h_place/was" "$h_place/becomes" | sort -k 2
}

# --- making it so ---

# apply_release NAMESPACE NAME DIGEST SECONDS yes|no: the chart in h_chart; the last says whether to wait until it is ready.
apply_release() {
  heal_release "$1" "$2" && a_state=$(release_state "$1" "$2") && release_namespace "$1" || return 1
  a_next=$((${a_state%% *} + 1))
  # Helm makes definitions that are missing, and leaves those that are there as they are.
  helm_at show crds "$h_chart" >"$h_place/crds" || return 1
  if [ -s "$h_place/crds" ]; then
    api_apply <"$h_place/crds" && api wait --for=condition=Established --timeout=60s -f "$h_place/crds" >/dev/null || return 1
  fi
  a_wait=''
  [ "$5" = no ] || a_wait='--wait=watcher --rollback-on-failure'
  # Without values of its own an upgrade would take those of the revision before it.
  # shellcheck disable=SC2046,SC2086 # words
  helm_at upgrade "$2" "$h_chart" --install -n "$1" --reset-values $(values_of) --labels "provision/digest=$3,provision/revision=$a_next" \
    --server-side=true --force-conflicts --skip-crds --hide-notes --timeout "${4}s" $a_wait
}

# release_namespace NAME: one that we make can be told from one that was there.
release_namespace() {
  n_found=$(api get namespace "$1" --ignore-not-found -o name) || return 1
  [ -z "$n_found" ] || return 0
  printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n  labels: { app.kubernetes.io/managed-by: provision, provision/helm: namespace }\n' "$1" |
    api_apply
}

# heal_release NAMESPACE NAME: where a run of ours was cut short, what Helm itself does after a failure: an install is taken
# back, and of an upgrade what was before it is put back.
heal_release() {
  b_state=$(release_state "$1" "$2") || return 1
  # shellcheck disable=SC2086 # words
  set -- "$1" "$2" $b_state
  case ${4:-} in
  uninstalling) ;;
  pending-*)
    if [ "$3" != "$6" ]; then
      say "another change of the release $2 in $1 is running, or was cut short: helm history $2 -n $1"
      return 1
    fi
    ;;
  *) return 0 ;;
  esac
  b_records=$(release_records) || return 1
  b_good=$(printf '%s\n' "$b_records" | awk -v namespace="$1" -v name="$2" '$1 == namespace && $2 == name && $4 == "deployed" && $3 + 0 > last { last = $3 + 0 } END { if (last) print last }')
  say "revision $3 of $2 is $4: a run was cut short"
  if [ "$4" = uninstalling ] || [ -z "$b_good" ]; then
    helm_at uninstall "$2" -n "$1" --no-hooks --wait=watcher --timeout 120s
  else
    helm_at rollback "$2" "$b_good" -n "$1" --no-hooks --server-side=true --force-conflicts --timeout 120s
  fi
}

# --- taking it away ---

# other_releases NAMESPACE/NAME...: those that we have made, without these; lines of the same form.
other_releases() {
  o_records=$(release_records) || return 1
  printf '%s\n' "$o_records" | named=" $* " awk '$5 != "-" && NF && index(ENVIRON["named"], " " $1 "/" $2 " ") == 0 { print $1 "/" $2 }' | sort -u
}

# remove_release NAMESPACE/NAME: and its namespace, where we made that for it and nothing else is in it. Definitions stay, as Helm has it.
remove_release() {
  r_namespace=${1%/*}
  helm_at uninstall "${1#*/}" -n "$r_namespace" --wait=watcher --timeout 300s && r_records=$(release_records) || return 1
  case $(printf '%s\n' "$r_records" | awk -v namespace="$r_namespace" '$1 == namespace { print "more"; exit }') in more) return 0 ;; esac
  r_made=$(api get namespace "$r_namespace" --ignore-not-found -o 'go-template={{with .metadata.labels}}{{index . "provision/helm"}}{{end}}') ||
    return 1
  [ "$r_made" = namespace ] || return 0
  delete_object Namespace.v1. - "$r_namespace"
}

# release_objects NAMESPACE/NAME: lines "KIND NAME".
release_objects() {
  helm_at get manifest "${1#*/}" -n "${1%/*}" | awk '
    /^---/ { name = kind = "" }
    /^kind:/ { kind = $2 }
    /^[ \t]+name:/ && name == "" { name = $2; gsub(/["\047]/, "", name); print kind, name }'
}
