# t1 waitFor: a port of this host
t1_check() {
probe() {
  port_open - 6443
}
if (probe); then exit 0; else exit 1; fi
}
t1_apply() {
probe() {
  port_open - 6443
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 300 'port 6443' probe
}
# t2 waitFor: a port of another
t2_check() {
probe() {
  port_open cp1.example.com 6443
}
if (probe); then exit 0; else exit 1; fi
}
t2_apply() {
probe() {
  port_open cp1.example.com 6443
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 120 'the API server of cp1' probe
}
# t3 waitFor: an address
t3_check() {
probe() {
  http_ok http://127.0.0.1:10248/healthz
}
if (probe); then exit 0; else exit 1; fi
}
t3_apply() {
probe() {
  http_ok http://127.0.0.1:10248/healthz
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 90 http://127.0.0.1:10248/healthz probe
}
# t4 waitFor: an address with any certificate
t4_check() {
probe() {
  http_ok https://127.0.0.1:6443/livez insecure
}
if (probe); then exit 0; else exit 1; fi
}
t4_apply() {
probe() {
  http_ok https://127.0.0.1:6443/livez insecure
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 3600 https://127.0.0.1:6443/livez probe
}
# t5 waitFor: a path
t5_check() {
probe() {
  [ -e /run/containerd/containerd.sock ]
}
if (probe); then exit 0; else exit 1; fi
}
t5_apply() {
probe() {
  [ -e /run/containerd/containerd.sock ]
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 120 /run/containerd/containerd.sock probe
}
# t6 waitFor: a command
t6_check() {
probe() {
  (export NODE=w1; eval 'kubectl get node "$NODE"')
}
if (probe); then exit 0; else exit 1; fi
}
t6_apply() {
probe() {
  (export NODE=w1; eval 'kubectl get node "$NODE"')
}
W_LIMIT=$(limit_of "$P_TASK")
wait_for 45 'the command' probe
}
