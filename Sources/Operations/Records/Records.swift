internal import FoundationEssentials
package import Kubernetes

/// The ConfigMaps in which the program keeps what must outlive it: all of them come by one request.
package struct Records: Equatable, Sendable {
    private let objects: [String: KubernetesObject]

    package init(_ objects: [KubernetesObject]) {
        self.objects = Dictionary(objects.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    package subscript(name: String) -> KubernetesObject? { objects[name] }

    package var marker: Marker? { objects[RecordNames.marker].flatMap(Marker.init(object:)) }

    /// What each workload should run, as the last update, ship or rollback recorded it.
    package var wanted: [String: WantedRelease] {
        (objects[RecordNames.wanted]?[path: ["data"]]?.object ?? [:]).compactMapValues { value in
            value.string.flatMap(Records.decode)
        }
    }

    /// Nil for a record that a later version of the program wrote in another form: it counts as none.
    static func decode(_ text: String) -> WantedRelease? {
        try? JSONDecoder().decode(WantedRelease.self, from: Data(text.utf8))
    }

    /// The workloads that an unfinished reset holds at 0, and how many pods each had.
    package var paused: [String: Int] {
        (objects[RecordNames.pause]?[path: ["data"]]?.object ?? [:]).compactMapValues { $0.string.flatMap { Int($0) } }
    }
}

/// Which HySDS a namespace belongs to: a verb that changes anything refuses another one's.
package struct Marker: Equatable, Sendable, Codable {
    package var venue: String

    package init(venue: String) {
        self.venue = venue
    }

    init?(object: KubernetesObject) {
        guard let venue = object[path: ["data", "venue"]]?.string else { return nil }
        self.venue = venue
    }

    func object(namespace: String) -> KubernetesObject {
        .record(RecordNames.marker, namespace: namespace, data: ["venue": venue])
    }
}

/// What a workload should run and who said so.
package struct WantedRelease: Equatable, Sendable, Codable {
    /// Raised by every update, ship and rollback; a pod never goes back to a lower one by itself.
    package var sequence: Int
    /// The release's digest; nil for a workload without code.
    package var release: String?
    /// Digest of the objects that were applied.
    package var spec: String
    package var identity: Identity
    /// ISO 8601, UTC.
    package var time: String
    /// Commit of each code tree, with `+dirty` when its checkout held changes.
    package var commits: [String: String]
    /// After a rollback: the sequence number under which this was first made.
    package var copyOf: Int? = nil
    /// Where its objects are, when that isn't the namespace of this record.
    package var namespace: String? = nil

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("strings and integers always encode") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension KubernetesObject {
    /// A ConfigMap of the program's own records.
    static func record(_ name: String, namespace: String, data: [String: String]) -> KubernetesObject {
        KubernetesObject([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(name), "namespace": .string(namespace),
                "labels": .object([
                    RecordNames.kindLabel: "record", RecordNames.managedBy: "sds", RecordNames.partOf: "hysds",
                ]),
            ],
            "data": .object(data.mapValues(JSONValue.string)),
        ])
    }
}
