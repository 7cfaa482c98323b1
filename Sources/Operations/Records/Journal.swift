internal import Cluster
internal import FoundationEssentials
internal import Kubernetes

/// What verbs did to a namespace, newest last: the ConfigMap `sds-journal`, a line for each verb that changed something.
package struct Journal: Sendable {
    /// Older lines go.
    static let longest = 100

    package struct Entry: Sendable, Codable, Equatable {
        package enum Outcome: String, Sendable, Codable {
            case done, failed, interrupted
        }

        /// ISO 8601, UTC.
        package var time: String
        package var user: String
        package var host: String
        /// The verb and what it acted on: `stop all`.
        package var command: String
        package var outcome: Outcome
        /// Why it failed.
        package var message: String?

        package init(time: String, identity: Identity, outcome: Outcome, message: String? = nil) {
            self.time = time
            user = identity.user
            host = identity.host
            command = identity.command
            self.outcome = outcome
            self.message = message
        }
    }

    /// The entries of a record; lines of another form count as none.
    static func entries(of record: KubernetesObject?) -> [Entry] {
        guard let text = record?[path: ["data", "entries"]]?.string else { return [] }
        return text.split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(Entry.self, from: Data(line.utf8))
        }
    }

    /// Adds a line with compare-and-swap: verbs of others go on meanwhile.
    static func add(_ entry: Entry, _ session: Session) async throws(ClusterError) {
        for _ in 0..<8 {
            let present = try await session.client.find(
                .configMap, namespace: session.namespace, name: RecordNames.journal)
            let entries = (Journal.entries(of: present) + [entry]).suffix(longest)
            var record = KubernetesObject.record(
                RecordNames.journal, namespace: session.namespace,
                data: ["entries": entries.map(line).joined(separator: "\n")])
            do throws(ClusterError) {
                guard let present else {
                    _ = try await session.client.send(.create(record, .configMap, namespace: session.namespace))
                    return
                }
                record[path: ["metadata", "resourceVersion"]] = .string(present.resourceVersion)
                _ = try await session.client.send(.replace(record, .configMap, namespace: session.namespace))
                return
            } catch  where error.kind == .conflict {
                continue
            }
        }
    }

    private static func line(_ entry: Entry) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entry) else { preconditionFailure("strings always encode") }
        return String(decoding: data, as: UTF8.self)
    }
}
