/// What `k8s/profiles/NAME.yaml` says: the values that hold when the operator's own configuration is silent.
struct ProfileDefaults: Sendable {
    var configuration: [YAMLNode.Member] = []
    var shared: [String: String] = [:]
    var workloads: [String: WorkloadSettings] = [:]
    /// For the workers of every queue.
    var queue = WorkloadSettings()

    init() {}

    init(_ bytes: [UInt8], file: String, errors: inout [HySDSError]) {
        var reading = YAMLReading(file: file)
        let members = reading.members(of: bytes)
        errors += reading.errors
        configuration = members.first { $0.key == "configuration" }?.value.members ?? []
        var reader = SettingsReader(
            file: file, path: "profile", node: .mapping(members.filter { $0.key != "configuration" }, line: 1))
        shared = reader.textsByName("shared") ?? [:]
        workloads = reader.sections("workloads") { _, section in WorkloadSettings(reading: &section) }
        queue = reader.section("queue") { WorkloadSettings(reading: &$0) } ?? queue
        reader.finish()
        errors += reader.errors
    }
}
