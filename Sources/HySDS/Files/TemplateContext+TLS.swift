internal import Templates

extension TemplateContext {
    /// Where clients find the authorities that they trust.
    private static let authorities = "/sds-trust/ca.crt"

    /// `SDS_SCHEMES`: https by workload, http for those that aren't in it. A store that others run says itself which.
    static func schemes(_ configuration: Configuration, _ topology: Topology) -> TemplateValue {
        let settings = configuration.kubernetes
        return perWorkload(settings, topology) { name, workload in
            let prefix = OutsideAddresses.parts.first { $0.name == name }?.prefix
            let asked = prefix.flatMap { configuration.text($0 + "_PROTOCOL") }
            let isHTTPS =
                workload.external.map(\.usesTLS) ?? (settings.usesTLS && workload.certificate?.https.isEmpty == false)
            return isHTTPS || asked == "https" ? "https" : "http"
        }
    }

    /// `SDS_CA`: by workload, the file of authorities that its certificate is checked with; none for whom we know none.
    static func authorities(_ settings: KubernetesSettings, _ topology: Topology) -> TemplateValue {
        perWorkload(settings, topology) { _, workload in
            settings.usesTLS && workload.external == nil && workload.certificate != nil ? authorities : ""
        }
    }

    /// A store that another one stands in for has the other one's value.
    private static func perWorkload(
        _ settings: KubernetesSettings, _ topology: Topology, _ value: (String, Workload) -> String
    ) -> TemplateValue {
        let names = topology.workloads.map { ($0.name, $0.name) } + settings.shared.map { ($0.key, $0.value) }
        return .dictionary(
            names.sorted { $0.0 < $1.0 }.compactMap { name, target in
                topology[target].map { TemplatePair(.string(name), .string(value(name, $0))) }
            })
    }
}
