import type { NameTable } from '../hosts/name-table.ts'

export type FieldTable = NameTable<FieldKind>

export type FieldKind = 'boolean' | 'integer' | 'number' | 'string' | 'duration' | 'list' | 'map'

/** KubeletConfiguration of kubelet.config.k8s.io/v1beta1. Source: k8s.io/kubelet v0.36.3, config/v1beta1/types.go. */
export const kubeletFields: FieldTable = {
  boolean: `
    cgroupsPerQOS cpuCFSQuota enableContentionProfiling enableControllerAttachDetach enableDebugFlagsHandler
    enableDebuggingHandlers enableProfilingHandler enableServer enableSystemLogHandler enableSystemLogQuery
    failCgroupV1 failSwapOn kernelMemcgNotification localStorageCapacityIsolation makeIPTablesUtilChains
    mergeDefaultEvictionSettings protectKernelDefaults registerNode rotateCertificates runOnce seccompDefault
    serializeImagePulls serverTLSBootstrap singleProcessOOMKill`,
  duration: `
    containerLogMonitorInterval cpuCFSQuotaPeriod cpuManagerReconcilePeriod evictionPressureTransitionPeriod
    fileCheckFrequency httpCheckFrequency imageMaximumGCAge imageMinimumGCAge nodeStatusReportFrequency
    nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod shutdownGracePeriodCriticalPods
    streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod`,
  integer: `
    containerLogMaxFiles containerLogMaxWorkers eventBurst eventRecordQPS evictionMaxPodGracePeriod healthzPort
    imageGCHighThresholdPercent imageGCLowThresholdPercent iptablesDropBit iptablesMasqueradeBit kubeAPIBurst
    kubeAPIQPS maxOpenFiles maxParallelImagePulls maxPods nodeLeaseDurationSeconds nodeStatusMaxImages
    oomScoreAdj podPidsLimit podsPerCore port readOnlyPort registryBurst registryPullQPS`,
  list: `
    allowedUnsafeSysctls clusterDNS enforceNodeAllocatable preloadedImagesVerificationAllowlist
    registerWithTaints reservedMemory shutdownGracePeriodByPodPriority tlsCipherSuites tlsCurvePreferences`,
  map: `
    authentication authorization cpuManagerPolicyOptions crashLoopBackOff evictionHard evictionMinimumReclaim
    evictionSoft evictionSoftGracePeriod featureGates kubeReserved logging memorySwap qosReserved
    staticPodURLHeader systemReserved topologyManagerPolicyOptions tracing userNamespaces`,
  number: `
    memoryThrottlingFactor`,
  string: `
    address cgroupDriver cgroupRoot clusterDomain configMapAndSecretChangeDetectionStrategy containerLogMaxSize
    containerRuntimeEndpoint contentType cpuManagerPolicy hairpinMode healthzBindAddress
    imagePullCredentialsVerificationPolicy imageServiceEndpoint kubeReservedCgroup kubeletCgroups
    memoryManagerPolicy memoryReservationPolicy podCIDR podLogsDir providerID reservedSystemCPUs resolvConf
    showHiddenMetricsForVersion staticPodPath staticPodURL systemCgroups systemReservedCgroup tlsCertFile
    tlsMinVersion tlsPrivateKeyFile topologyManagerPolicy topologyManagerScope volumePluginDir`,
}

/** KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1. Source: k8s.io/kube-proxy v0.36.3, config/v1alpha1/types.go. */
export const kubeProxyFields: FieldTable = {
  boolean: `
    bindAddressHardFail enableProfiling windowsRunAsService`,
  duration: `
    configSyncPeriod`,
  integer: `
    oomScoreAdj`,
  list: `
    nodePortAddresses`,
  map: `
    clientConnection conntrack detectLocal featureGates iptables ipvs logging nftables winkernel`,
  string: `
    bindAddress clusterCIDR detectLocalMode healthzBindAddress hostnameOverride metricsBindAddress mode
    portRange showHiddenMetricsForVersion`,
}
