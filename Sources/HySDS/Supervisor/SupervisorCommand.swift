internal import Kubernetes

/// The command of a program, taken apart: how many processes, which queue, and flags that no pod has.
struct SupervisorCommand {
    enum Kind: String {
        case celery, gunicorn, other
    }

    struct Problem {
        var message: String
        var hint: String?
    }

    let kind: Kind
    private(set) var processes: Int?
    private(set) var queue: String?
    private(set) var problems: [Problem] = []
    /// Flags that nothing here understands: right only when the pod's own command has them too.
    private var foreign: [(flag: String, value: String?)] = []
    private let words: [String]
    private let rules: SupervisorRules

    /// Flags of Celery and gunicorn that take a value as the next word.
    private static let valued: Set<String> = [
        "--app", "-A", "-n", "--hostname", "-O", "-Q", "--queues", "-c", "--concurrency", "-l", "--loglevel", "-f",
        "--logfile",
        "--heartbeat-interval", "--pidfile", "-P", "--pool", "-w", "--workers", "-b", "--bind", "-k", "--worker-class",
        "-t",
        "--timeout", "--graceful-timeout", "--keyfile", "--certfile", "--log-level", "--limit-request-line",
        "--threads",
        "--max-tasks-per-child", "--prefetch-multiplier", "--time-limit", "--soft-time-limit", "-p", "--pid", "--name",
        "--access-logfile", "--error-logfile", "--log-file", "--worker-tmp-dir",
    ]

    init(_ text: String, rules: SupervisorRules) {
        self.rules = rules
        let all = ShellWords.split(text.replacing("%%", with: "%"))
        if all == nil { problems.append(Problem(message: "a quote isn't closed")) }
        var words = all ?? []
        if words.count > 1, Self.base(words[0]).hasPrefix("python") { words.removeFirst() }
        switch words.first.map(Self.base) {
        case "celery" where words.contains("worker"): kind = .celery
        case "gunicorn": kind = .gunicorn
        default: kind = .other
        }
        self.words = words
        if words.isEmpty && all != nil { problems.append(Problem(message: "expected a command, found nothing")) }
        if kind != .other { read() }
    }

    private static func base(_ word: String) -> String { String(word.split(separator: "/").last ?? "") }

    private mutating func read() {
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word.count > 1 else { continue }
            var flag = word
            var value: String?
            if word.hasPrefix("--") {
                if let mark = word.firstIndex(of: "=") {
                    flag = String(word[..<mark])
                    value = String(word[word.index(after: mark)...])
                }
            } else if word.count > 2 {
                flag = String(word.prefix(2))
                value = String(word.dropFirst(2))
            }
            if value == nil, Self.valued.contains(flag), let next = rest.first, !next.hasPrefix("-") {
                value = next
                rest = rest.dropFirst()
            }
            take(flag, value)
        }
    }

    private mutating func take(_ flag: String, _ value: String?) {
        switch (kind, flag) {
        case (.celery, "-c"), (.celery, "--concurrency"), (.gunicorn, "-w"), (.gunicorn, "--workers"):
            guard let number = value.flatMap({ Int($0) }), number > 0 else {
                problems.append(Problem(message: "\(flag): expected a whole number of processes"))
                return
            }
            processes = number
        case (.celery, "-Q"), (.celery, "--queues"):
            let names = (value ?? "").split(separator: ",").map(String.init)
            guard names.count == 1 else {
                problems.append(
                    Problem(
                        message: "\(flag): expected one queue, found \(names.count)",
                        hint: "make a section for each queue"))
                return
            }
            queue = names[0]
        case (.celery, "-l"), (.celery, "--loglevel"):
            guard value?.uppercased() != "INFO" else { return }
            foreign.append((flag, value))
        default:
            if rules.needlessFlags[kind.rawValue]?.contains(flag) != true { foreign.append((flag, value)) }
        }
    }

    /// Complains about what the pod's own command doesn't do.
    mutating func compare(with workload: Workload) {
        let own = workload.object.command(ofContainer: workload.name)
        switch kind {
        case .celery, .gunicorn:
            for (flag, value) in foreign where !own.contains(flag: flag, value: value) {
                problems.append(
                    Problem(
                        message: "\(flag): the pods of \(workload.name) run without it",
                        hint: "take the flag out, or change the command in k8s/"))
            }
        case .other:
            // Flags of other programs name a host's files; those of scripts mean something.
            guard words.contains(where: { $0.hasSuffix(".py") }) else { return }
            let flags = words.filter { $0.hasPrefix("-") }
            let missing = flags.filter { flag in !own.contains { $0 == flag || $0.hasPrefix(flag + "=") } }
            for flag in missing {
                problems.append(
                    Problem(
                        message: "\(flag.prefix { $0 != "=" }): the pods of \(workload.name) run without it",
                        hint: "take the flag out, or change the command in k8s/"))
            }
            if missing.isEmpty, let script = words.first(where: { $0.hasSuffix(".py") }),
                !own.contains(where: { Self.base($0) == Self.base(script) })
            {
                problems.append(
                    Problem(message: "the pods of \(workload.name) run another script than \(Self.base(script))"))
            }
        }
    }
}

extension [String] {
    fileprivate func contains(flag: String, value: String?) -> Bool {
        guard let value else { return contains(flag) }
        if contains("\(flag)=\(value)") || contains(flag + value) { return true }
        return zip(self, dropFirst()).contains { $0 == flag && $1 == value }
    }
}

extension KubernetesObject {
    /// The words of a container's command and arguments.
    fileprivate func command(ofContainer name: String) -> [String] {
        let containers = self[path: Self.podSpec + ["containers"]]?.array ?? []
        let container = containers.first { $0["name"]?.string == name } ?? containers.first
        return ["command", "args"].flatMap { (container?[$0]?.array ?? []).compactMap(\.string) }
    }

    /// A container's variables; nil for a value that comes from elsewhere.
    func environment(ofContainer name: String) -> [String: String?] {
        let containers = self[path: Self.podSpec + ["containers"]]?.array ?? []
        let container = containers.first { $0["name"]?.string == name } ?? containers.first
        return Dictionary(
            (container?["env"]?.array ?? []).compactMap { entry in
                entry["name"]?.string.map { ($0, entry["value"]?.string) }
            },
            uniquingKeysWith: { first, _ in first })
    }
}
