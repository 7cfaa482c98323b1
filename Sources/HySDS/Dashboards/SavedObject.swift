package import Kubernetes

/// A dashboard, a visualisation, a search or an index pattern, as dashboards save them.
package struct SavedObject: Sendable, Equatable {
    package struct Key: Sendable, Hashable, CustomStringConvertible {
        package let type: String
        package let id: String

        package init(type: String, id: String) {
            (self.type, self.id) = (type, id)
        }

        package var description: String { "\(type)/\(id)" }
        package var json: JSONValue { ["type": .string(type), "id": .string(id)] }
    }

    package let key: Key
    package let attributes: JSONValue
    package let references: JSONValue
    /// The versions up to which its form was brought; an empty object has all of them applied.
    package let migrationVersion: JSONValue

    /// - Parameter value: an object of an export, of a dashboards file or of an answer.
    package init?(_ value: JSONValue) {
        guard let type = value["type"]?.string, let id = value["id"]?.string, !type.isEmpty, !id.isEmpty,
            let attributes = value["attributes"], attributes.object != nil
        else { return nil }
        key = Key(type: type, id: id)
        self.attributes = attributes
        references = value["references"] ?? []
        migrationVersion = value["migrationVersion"] ?? [:]
    }

    /// The index patterns that HySDS's dashboards need, with the field that holds the time.
    package static let patterns = [
        pattern("logstash-*", time: "@timestamp"), pattern("sdswatch-*", time: "sdswatch_timestamp"),
    ]
    package static let defaultPattern = "logstash-*"

    private static func pattern(_ title: String, time: String) -> SavedObject {
        SavedObject(
            key: Key(type: "index-pattern", id: title),
            attributes: ["title": .string(title), "timeFieldName": .string(time)], references: [], migrationVersion: [:]
        )
    }

    private init(key: Key, attributes: JSONValue, references: JSONValue, migrationVersion: JSONValue) {
        self.key = key
        self.attributes = attributes
        self.references = references
        self.migrationVersion = migrationVersion
    }

    /// What `_bulk_create` takes.
    package var json: JSONValue {
        var value = key.json
        value["attributes"] = attributes
        value["references"] = references
        value["migrationVersion"] = migrationVersion
        return value
    }

    /// Whether what is saved already is this: an index pattern may have learnt fields since.
    package func isCovered(by saved: SavedObject) -> Bool {
        if key.type == "index-pattern" {
            return (attributes.object ?? [:]).allSatisfy { saved.attributes[$0.key] == $0.value }
        }
        return saved.attributes == attributes && saved.references == references
    }
}
