# t1 addon: an object, in a namespace that is others' too
t1_check() {
manifests_are_same || manifest_is t1_content
}
t1_apply() {
apply_addon web 'Deployment.v1.apps shared web' t1_content
}
t1_diff=t1_diff_text
t1_diff_text() {
addon_diff web 'Deployment.v1.apps shared web' t1_content
}
t1_content() {
cat <<'P_END_5b89b19da867d733'
apiVersion: v1
kind: Namespace
metadata:
  name: shared
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shared
  labels:
    app: web
    app.kubernetes.io/managed-by: provision
    provision/addon: web
spec:
  replicas: 2
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: provision-addon-web
  namespace: kube-system
  labels:
    app.kubernetes.io/managed-by: provision
    provision/addon: web
data:
  version: v1.2.3
  objects: Deployment.v1.apps shared web
P_END_5b89b19da867d733
}
