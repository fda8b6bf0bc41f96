import type { NameTable } from '../../hosts/name-table.ts'

/** Kinds of values that flags of the control plane take. */
export type FlagKind = 'boolean' | 'integer' | 'number' | 'duration' | 'ip' | 'port' | 'portRange' | 'gates' | 'string'

/**
 * Flags of the control plane's programs, of all the minors that are installed: those of 1.36.3 as `--help` prints them,
 * with the older ones that are still taken, and those that 1.37 has brought.
 * Source: k8s.io/kubernetes v1.35.4, v1.36.3 and v1.37.2.
 */
export const componentFlags: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', NameTable<FlagKind>>> = {
  apiServer: {
    boolean: `
      aggregator-reject-forwarding-redirect allow-privileged anonymous-auth audit-log-batch-throttle-enable
      audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable
      audit-webhook-truncate-enabled contention-profiling disable-http2-serving emulation-forward-compatible
      enable-aggregator-routing enable-bootstrap-token-auth enable-garbage-collector enable-logs-handler
      enable-priority-and-fairness encryption-provider-config-automatic-reload log-json-split-stream
      log-text-split-stream permit-address-sharing permit-port-sharing profiling
      runtime-config-emulation-forward-compatible service-account-extend-token-expiration
      service-account-lookup shutdown-send-retry-after watch-cache`,
    duration: `
      audit-log-batch-initial-backoff audit-log-batch-max-wait audit-webhook-batch-initial-backoff
      audit-webhook-batch-max-wait audit-webhook-initial-backoff authentication-token-webhook-cache-ttl
      authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
      coordinated-leadership-lease-duration coordinated-leadership-renew-deadline
      coordinated-leadership-retry-period etcd-compaction-interval etcd-count-metric-poll-period
      etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-readycheck-timeout event-ttl kubelet-timeout
      livez-grace-period log-flush-frequency request-timeout service-account-max-token-expiration
      shutdown-delay-duration shutdown-watch-termination-grace-period storage-initialization-timeout`,
    gates: `
      feature-gates`,
    integer: `
      apiserver-count audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-throttle-burst
      audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-truncate-max-batch-size
      audit-log-truncate-max-event-size audit-webhook-batch-buffer-size audit-webhook-batch-max-size
      audit-webhook-batch-throttle-burst audit-webhook-truncate-max-batch-size
      audit-webhook-truncate-max-event-size default-not-ready-toleration-seconds
      default-unreachable-toleration-seconds default-watch-cache-size delete-collection-workers
      http2-max-streams-per-connection lease-reuse-duration-seconds max-connection-bytes-per-sec
      max-mutating-requests-inflight max-requests-inflight min-request-timeout v`,
    ip: `
      advertise-address bind-address`,
    number: `
      audit-log-batch-throttle-qps audit-webhook-batch-throttle-qps goaway-chance`,
    port: `
      kubernetes-service-node-port secure-port`,
    portRange: `
      service-node-port-range`,
    string: `
      admission-control admission-control-config-file allow-metric-labels allow-metric-labels-manifest
      api-audiences audit-log-format audit-log-mode audit-log-path audit-log-version audit-policy-file
      audit-webhook-config-file audit-webhook-mode audit-webhook-version authentication-config
      authentication-token-webhook-config-file authentication-token-webhook-version authorization-config
      authorization-mode authorization-policy-file authorization-webhook-config-file
      authorization-webhook-version cert-dir client-ca-file cors-allowed-origins debug-socket-path
      disable-admission-plugins disabled-metrics egress-selector-config-file emulated-version
      enable-admission-plugins encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile
      etcd-keyfile etcd-prefix etcd-servers etcd-servers-overrides external-hostname
      kubelet-certificate-authority kubelet-client-certificate kubelet-client-key
      kubelet-preferred-address-types log-json-info-buffer-size log-text-info-buffer-size logging-format
      min-compatibility-version oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix
      oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix
      peer-advertise-ip peer-advertise-port peer-ca-file proxy-client-cert-file proxy-client-key-file
      requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix
      requestheader-group-headers requestheader-uid-headers requestheader-username-headers runtime-config
      service-account-issuer service-account-jwks-uri service-account-key-file
      service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range
      show-hidden-metrics-for-version storage-backend storage-media-type strict-transport-security-directives
      tls-cert-file tls-cipher-suites tls-curve-preferences tls-min-version tls-private-key-file
      tls-sni-cert-key token-auth-file tracing-config-file version vmodule watch-cache-sizes`,
  },
  controllerManager: {
    boolean: `
      allocate-node-cidrs authentication-skip-lookup authentication-tolerate-lookup-failure
      configure-cloud-routes contention-profiling disable-attach-detach-reconcile-sync
      disable-force-detach-on-timeout disable-http2-serving enable-dynamic-provisioning
      enable-garbage-collector enable-hostpath-provisioner enable-leader-migration leader-elect
      log-json-split-stream log-text-split-stream permit-address-sharing permit-port-sharing profiling
      use-service-account-credentials`,
    duration: `
      attach-detach-reconcile-sync-period authentication-token-webhook-cache-ttl
      authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
      cluster-signing-duration controller-shutdown-timeout controller-start-interval
      endpoint-updates-batch-period endpointslice-updates-batch-period
      horizontal-pod-autoscaler-cpu-initialization-period horizontal-pod-autoscaler-downscale-stabilization
      horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period
      leader-elect-lease-duration leader-elect-renew-deadline leader-elect-retry-period
      legacy-service-account-token-clean-up-period log-flush-frequency min-resync-period
      mirroring-endpointslice-updates-batch-period namespace-sync-period node-monitor-grace-period
      node-monitor-period node-startup-grace-period pvclaimbinder-sync-period resource-quota-sync-period
      route-reconciliation-period`,
    gates: `
      feature-gates`,
    integer: `
      concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs
      concurrent-device-taint-eviction-syncs concurrent-disruption-syncs concurrent-endpoint-syncs
      concurrent-ephemeralvolume-syncs concurrent-gc-syncs concurrent-horizontal-pod-autoscaler-syncs
      concurrent-job-syncs concurrent-namespace-syncs concurrent-node-lifecycle-syncs concurrent-rc-syncs
      concurrent-replicaset-syncs concurrent-resource-quota-syncs concurrent-resourceclaim-syncs
      concurrent-service-endpoint-syncs concurrent-service-syncs concurrent-serviceaccount-token-syncs
      concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs
      concurrent-validating-admission-policy-status-syncs http2-max-streams-per-connection kube-api-burst
      large-cluster-size-threshold max-endpoints-per-slice mirroring-concurrent-service-endpoint-syncs
      mirroring-max-endpoints-per-subset node-cidr-mask-size node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6
      pv-recycler-increment-timeout-nfs pv-recycler-minimum-timeout-hostpath pv-recycler-minimum-timeout-nfs
      pv-recycler-timeout-increment-hostpath terminated-pod-gc-threshold v`,
    ip: `
      bind-address`,
    number: `
      horizontal-pod-autoscaler-tolerance kube-api-qps node-eviction-rate secondary-node-eviction-rate
      unhealthy-zone-threshold`,
    port: `
      secure-port`,
    string: `
      allow-metric-labels allow-metric-labels-manifest authentication-kubeconfig
      authorization-always-allow-paths authorization-kubeconfig cert-dir cidr-allocator-type client-ca-file
      cloud-config cloud-provider cluster-cidr cluster-name cluster-signing-cert-file cluster-signing-key-file
      cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file
      cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file
      cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file
      cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file controllers
      disabled-metrics emulated-version external-cloud-volume-plugin flex-volume-plugin-dir
      kube-api-content-type kubeconfig leader-elect-resource-lock leader-elect-resource-name
      leader-elect-resource-namespace leader-migration-config log-json-info-buffer-size
      log-text-info-buffer-size logging-format master min-compatibility-version
      pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs
      requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix
      requestheader-group-headers requestheader-uid-headers requestheader-username-headers root-ca-file
      service-account-private-key-file service-cluster-ip-range show-hidden-metrics-for-version tls-cert-file
      tls-cipher-suites tls-curve-preferences tls-min-version tls-private-key-file tls-sni-cert-key version
      vmodule`,
  },
  scheduler: {
    boolean: `
      authentication-skip-lookup authentication-tolerate-lookup-failure contention-profiling
      disable-http2-serving leader-elect log-json-split-stream log-text-split-stream permit-address-sharing
      permit-port-sharing profiling`,
    duration: `
      authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
      authorization-webhook-cache-unauthorized-ttl leader-elect-lease-duration leader-elect-renew-deadline
      leader-elect-retry-period log-flush-frequency pod-max-in-unschedulable-pods-duration`,
    gates: `
      feature-gates`,
    integer: `
      http2-max-streams-per-connection kube-api-burst v`,
    ip: `
      bind-address`,
    number: `
      kube-api-qps`,
    port: `
      secure-port`,
    string: `
      allow-metric-labels allow-metric-labels-manifest authentication-kubeconfig
      authorization-always-allow-paths authorization-kubeconfig cert-dir client-ca-file config
      disabled-metrics emulated-version kube-api-content-type kubeconfig leader-elect-resource-lock
      leader-elect-resource-name leader-elect-resource-namespace log-json-info-buffer-size
      log-text-info-buffer-size logging-format master min-compatibility-version requestheader-allowed-names
      requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers
      requestheader-uid-headers requestheader-username-headers show-hidden-metrics-for-version tls-cert-file
      tls-cipher-suites tls-curve-preferences tls-min-version tls-private-key-file tls-sni-cert-key version
      vmodule write-config-to`,
  },
}

/** Plugins that the API server admits objects by, of the same versions. */
export const admissionPlugins: readonly string[] = `
  AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction
  ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds
  DenyServiceExternalIPs EventRateLimit ExtendedResourceToleration ImagePolicyWebhook JobValidation
  LimitPodHardAntiAffinityTopology LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook
  NamespaceAutoProvision NamespaceExists NamespaceLifecycle NodeDeclaredFeatureValidator NodeRestriction
  OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize PodGroupProtection PodGroupWorkloadExists
  PodNodeSelector PodResizeValidator PodSecurity PodTolerationRestriction PodTopologyLabels Priority
  ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection TaintNodesByCondition
  ValidatingAdmissionPolicy ValidatingAdmissionWebhook`
  .trim()
  .split(/\s+/)
