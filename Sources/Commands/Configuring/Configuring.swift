internal import Foundation
internal import HySDS
internal import Operations

/// One run of `configure`: takes over an old file, asks, and writes.
struct Configuring {
    let command: ConfigureCommand
    let installation: Installation
    let console: Console
    let target: PrivateFile
    let terminal: (any Asking)?

    init(command: ConfigureCommand) throws {
        self.command = command
        let share = try Surroundings.share()
        installation = Installation(k8s: try share.files(below: "k8s"), conf: try share.files(below: "conf"))
        console = Console(format: command.options.output)
        target = PrivateFile(try Surroundings.configurationFile(command.options))
        terminal = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 ? Terminal() : nil
    }

    func run() throws {
        guard terminal != nil || command.from != nil else {
            throw OperationError(
                .usage, "this would ask for the configuration, but there is no terminal",
                hint: "say --from FILE to take one over, and set keys with environment variables such as SDS_VENUE")
        }
        var (text, lines) = try beginning()
        let hostBefore = text.frontHost
        let environment = EnvironmentAnswers(
            ProcessInfo.processInfo.environment, present: text.keys)
        for warning in environment.warnings { console.message("warning: \(warning)", .warning) }
        environment.apply(to: &text)
        lines = lines.filter { line in !environment.values.contains { $0.path.joined(separator: ".") == line.key } }
        lines += environment.values.map { value in
            Migration.Line(key: value.path.joined(separator: "."), outcome: .added, text: "from the environment")
        }

        if command.from == nil, let terminal {
            var interview = Interview(
                text: text, questions: try catching { try Questions(installation: installation) },
                rules: try catching { try MigrationRules(installation: installation) }, terminal: terminal,
                complaints: complaints)
            try interview.run()
            text = interview.text
        }
        text.setFront(before: hostBefore, reference: reference)
        let found = complaints(text)
        guard found.isEmpty else {
            throw OperationError(
                .usage, found.joined(separator: "\n"),
                hint: "nothing was written; mend \(command.from ?? target.path) and run it again")
        }
        for file in try otherFiles() { lines.append(file) }
        try report(lines)
        guard !command.dryRun else { return console.message("nothing was written (--dry-run)") }
        try write(text)
    }

    private var reference: ConfigurationText {
        ConfigurationText(String(decoding: installation.conf["sds.config"] ?? [], as: UTF8.self))
    }

    // MARK: Where it begins

    /// The text to go on from: the file of `--from`, the present one, or the reference.
    private func beginning() throws -> (ConfigurationText, [Migration.Line]) {
        if let from = command.from {
            let path = try Surroundings.path(from)
            guard let bytes = try PrivateFile(path).read() else {
                throw OperationError(
                    .usage, "\(path) does not exist", hint: "name the file that sdscli wrote, as a rule ~/.sds/config")
            }
            return try takeOver(bytes, path)
        }
        if let bytes = try target.read() {
            let migration = try catching { try Migration(bytes, file: target.path, installation: installation) }
            guard migration.isMigrated else {
                console.message("\(target.path) is sdscli's: taking it over", .heading)
                return try takeOver(bytes, target.path)
            }
            return (ConfigurationText(String(decoding: bytes, as: UTF8.self)), [])
        }
        return (reference, [])
    }

    private func takeOver(_ bytes: [UInt8], _ path: String) throws -> (ConfigurationText, [Migration.Line]) {
        let migration = try catching { try Migration(bytes, file: path, installation: installation) }
        guard !migration.isMigrated else {
            return (ConfigurationText(String(decoding: bytes, as: UTF8.self)), [])
        }
        let choices = try choices(for: migration)
        let host =
            ProcessInfo.processInfo.environment["SDS_KUBERNETES_OUTSIDE_HOST"]
            ?? ProcessInfo.processInfo.environment["SDS_KUBERNETES_INGRESS_HOST"]
        return migration.result(choices: choices, host: host)
    }

    /// What becomes of each store: said by flags, else asked for.
    private func choices(for migration: Migration) throws -> [String: Migration.Choice] {
        let names = migration.stores.map(\.name)
        for name in command.keep + command.anew where name != "all" && !names.contains(name) {
            throw OperationError(
                .usage, "\(command.from ?? target.path) names no store '\(name)'",
                hint: "its stores are \(names.joined(separator: ", "))")
        }
        for name in command.keep where command.anew.contains(name) {
            throw OperationError(.usage, "--keep \(name) and --anew \(name) exclude each other")
        }
        var choices: [String: Migration.Choice] = [:]
        var open: [Migration.Store] = []
        for store in migration.stores {
            if command.keep.contains(store.name) {
                choices[store.name] = .keep
            } else if command.anew.contains(store.name) {
                choices[store.name] = .anew
            } else if command.keep.contains("all") {
                choices[store.name] = .keep
            } else if command.anew.contains("all") {
                choices[store.name] = .anew
            } else {
                open.append(store)
            }
        }
        guard !open.isEmpty else { return choices }
        guard let terminal else {
            throw OperationError(
                .usage, "what becomes of \(open.map(\.name).joined(separator: ", "))?",
                causes: open.map { "\($0.name): \($0.rule.title) at \($0.addresses.joined(separator: ", "))" },
                hint:
                    "say --keep NAME (it stays where it is) or --anew NAME (a new, empty one in the cluster) for each, or --anew all"
            )
        }
        for store in open {
            terminal.say("\(store.rule.title) is at \(store.addresses.joined(separator: ", ")).")
            terminal.say(
                "  keep: it stays there, and pods talk to it. anew: a new, empty one in the cluster; see the README for its data."
            )
            choices[store.name] =
                try Interview.choose("keep or anew", ["keep", "anew"], "keep", terminal) == "keep" ? .keep : .anew
        }
        return choices
    }

    func catching<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw OperationError(error)
        }
    }
}
