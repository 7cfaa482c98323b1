internal import Foundation
internal import HySDS
internal import Operations

extension Configuring {
    func complaints(_ text: ConfigurationText) -> [String] {
        do throws(HySDSErrors) {
            let configuration = try Configuration.parse(
                Array(text.text.utf8), file: target.path, installation: installation)
            _ = try Topology(installation: installation, configuration: configuration)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    /// Files beside the old configuration that need a look.
    func otherFiles() throws -> [Migration.Line] {
        guard command.from != nil else { return [] }
        let rules = try catching { try MigrationRules(installation: installation) }
        let folder = URL(fileURLWithPath: target.path).deletingLastPathComponent().path
        var lines = rules.files.sorted { $0.key < $1.key }.filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0.key)")
        }
        .map { Migration.Line(key: "~/.sds/\($0.key)", outcome: .withoutEffect, text: $0.value) }
        let sources = try catching { try TemplateSources(installation: installation) }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/files")) ?? []).sorted()
        for name in names {
            if sources.isUserFile(name) || installation.conf[name] != nil {
                lines.append(.init(key: "~/.sds/files/\(name)", outcome: .kept, text: "overrides sds's own template"))
            } else if SupervisorFiles.isOne(name) {
                lines.append(
                    .init(
                        key: "~/.sds/files/\(name)", outcome: .becomes,
                        text: "settings of workloads: 'sds configure check' says what can't be translated"))
            }
        }
        return lines
    }

    func report(_ lines: [Migration.Line]) throws {
        if command.options.output == .json { return try console.result(json: Report(file: target.path, keys: lines)) }
        guard !lines.isEmpty else { return }
        console.result(
            Table.lines(["KEY", "OUTCOME", "WHAT"], lines.map { [$0.key, $0.outcome.rawValue, $0.text] }).joined(
                separator: "\n"))
    }

    struct Report: Encodable {
        let apiVersion = "sds/v1"
        let kind = "Configuration"
        let file: String
        let keys: [Migration.Line]
    }

    func write(_ text: ConfigurationText) throws {
        let bytes = Array(text.text.utf8)
        if let previous = try target.read() {
            if previous == bytes {
                try target.write(bytes)
                return console.message("\(target.path) is as it was")
            }
            if !command.force {
                guard let terminal else {
                    throw OperationError(
                        .usage, "\(target.path) exists",
                        hint: "say -f to replace it; the present one stays as config.previous")
                }
                guard try Interview.confirm("Replace \(target.path)", terminal) else {
                    return console.message("nothing was written")
                }
            }
            try PrivateFile(target.path + ".previous").write(previous)
        }
        try target.write(bytes)
        console.message("wrote \(target.path); next: sds configure check", .good)
    }
}
