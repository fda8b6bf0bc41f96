# What the cluster notes of its add-ons (src/shell/library/addons/addons.sh): lines "NAME VERSION", the version empty while it is being applied. Status 0 whether it answers or not.
[ -e /etc/kubernetes/admin.conf ] || exit 0
kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s -n kube-system get configmaps -l provision/addon \
  -o 'go-template=answered{{"\n"}}{{range .items}}{{index .metadata.labels "provision/addon"}} {{or .data.version ""}}{{"\n"}}{{end}}' || :
