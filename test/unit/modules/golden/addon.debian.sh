# t1 addon: an object, in a namespace that is others' too
t1_check() {
addon_is web v1.2.3 'Namespace.v1. - shared
Deployment.v1.apps shared web' t1_content
}
t1_apply() {
apply_addon web v1.2.3 'Namespace.v1. - shared
Deployment.v1.apps shared web' t1_content
}
t1_diff=t1_diff_text
t1_diff_text() {
addon_diff web 'Namespace.v1. - shared
Deployment.v1.apps shared web' t1_content
}
t1_content() {
cat <<'P_END_192436a9339c3099'
apiVersion: v1
kind: Namespace
metadata:
  name: shared
  annotations:
    provision/shared: "true"
  labels:
    app.kubernetes.io/managed-by: provision
    provision/addon: web
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
P_END_192436a9339c3099
}
