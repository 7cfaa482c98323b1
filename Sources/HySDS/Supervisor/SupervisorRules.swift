/// What HySDS's own supervisord files say and what of a program a pod needs no setting for: `conf/supervisor.yaml`.
struct SupervisorRules: Sendable {
    /// The programs of each file's component with their number of processes.
    var programs: [String: [String: Int]] = [:]
    var dropped: [String: String] = [:]
    var gunicornWorkers = 4
    var processesPerPod = 16
    var needless: Set<String> = []
    var ofHosts: Set<String> = []
    var needlessFlags: [String: Set<String>] = [:]

    init(installation: Installation) throws(HySDSErrors) {
        let file = "conf/supervisor.yaml"
        var reading = YAMLReading(file: file)
        let members = reading.members(of: installation.conf["supervisor.yaml"] ?? [])
        var errors = reading.errors
        var reader = SettingsReader(file: file, path: "supervisor", node: .mapping(members, line: 1))
        for component in reader.members("programs") {
            programs[component.key] = Dictionary(
                (component.value.members ?? []).map { ($0.key, $0.value.text.flatMap(Int.init) ?? 1) },
                uniquingKeysWith: { first, _ in first })
        }
        dropped = reader.textsByName("dropped") ?? [:]
        gunicornWorkers = reader.count("gunicorn-workers", atLeast: 1) ?? gunicornWorkers
        processesPerPod = reader.count("processes-per-pod", atLeast: 1) ?? processesPerPod
        needless = Set(reader.texts("needless") ?? [])
        ofHosts = Set(reader.texts("of-hosts") ?? [])
        for member in reader.members("needless-flags") {
            needlessFlags[member.key] = Set((member.value.list ?? []).compactMap(\.text))
        }
        reader.finish()
        errors += reader.errors
        try HySDSErrors.check(errors)
    }

    /// Why a program has no successor; nil when it has one or nobody knows it.
    func reason(toDrop program: String) -> String? {
        dropped.first { program == $0.key || program.hasPrefix($0.key + "-") || program.hasPrefix($0.key + "_") }?.value
    }
}
