extension WorkloadSettings {
    /// These settings where they say something, the defaults elsewhere; mappings are merged name by name.
    func over(_ defaults: WorkloadSettings) -> WorkloadSettings {
        var merged = self
        merged.isEnabled = isEnabled ?? defaults.isEnabled
        merged.replicas = replicas ?? defaults.replicas
        merged.requests = defaults.requests.merging(requests) { _, mine in mine }
        merged.limits = defaults.limits.merging(limits) { _, mine in mine }
        merged.nodeSelector = defaults.nodeSelector.merging(nodeSelector) { _, mine in mine }
        merged.tolerations = tolerations.isEmpty ? defaults.tolerations : tolerations
        merged.gpus = gpus ?? defaults.gpus
        merged.processes = processes ?? defaults.processes
        merged.priorityClass = priorityClass ?? defaults.priorityClass
        merged.environment = defaults.environment.merging(environment) { _, mine in mine }
        merged.annotations = defaults.annotations.merging(annotations) { _, mine in mine }
        merged.image = image ?? defaults.image
        merged.queue = queue ?? defaults.queue
        merged.engine = engine ?? defaults.engine
        merged.engineSocket = engineSocket ?? defaults.engineSocket
        merged.engineGroup = engineGroup ?? defaults.engineGroup
        merged.engineEnvironment = defaults.engineEnvironment.merging(engineEnvironment) { _, mine in mine }
        merged.engineRequests = defaults.engineRequests.merging(engineRequests) { _, mine in mine }
        merged.engineLimits = defaults.engineLimits.merging(engineLimits) { _, mine in mine }
        merged.longestJobSeconds = longestJobSeconds ?? defaults.longestJobSeconds
        merged.drainSeconds = drainSeconds ?? defaults.drainSeconds
        merged.workSize = workSize ?? defaults.workSize
        merged.storageSize = storageSize ?? defaults.storageSize
        merged.minimumReplicas = minimumReplicas ?? defaults.minimumReplicas
        merged.maximumReplicas = maximumReplicas ?? defaults.maximumReplicas
        return merged
    }
}

extension KubernetesSettings {
    /// What the operator says of a workload, over supervisord's files, over the profile, over the given defaults.
    func settings(of workload: String, over defaults: WorkloadSettings) -> WorkloadSettings {
        let profile = profileWorkloads[workload]?.over(defaults) ?? defaults
        let overrides = overrides[workload]?.over(profile) ?? profile
        return workloads[workload]?.over(overrides) ?? overrides
    }
}
