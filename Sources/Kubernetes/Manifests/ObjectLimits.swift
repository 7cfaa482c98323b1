/// Limits of the API server that a single object can break, said before anything is sent.
package enum ObjectLimits {
    /// The sum of a ConfigMap's or Secret's raw values.
    package static let data = 1_048_576
    /// The sum of all annotations' keys and values.
    package static let annotations = 262_144
    /// One request.
    package static let request = 3_145_728

    /// What the server would refuse, as sentences; empty when nothing.
    package static func problems(of object: KubernetesObject) -> [String] {
        var problems: [String] = []
        if ["ConfigMap", "Secret"].contains(object.kind), object.group.isEmpty {
            let size = rawSize(object)
            if size > data { problems.append("its values have \(size) bytes, at most \(data) are allowed") }
        }
        let notes = object.annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if notes > annotations {
            problems.append("its annotations have \(notes) bytes, at most \(annotations) are allowed")
        }
        let bytes = object.json.serialized().count
        if bytes > request { problems.append("it has \(bytes) bytes, at most \(request) fit into a request") }
        return problems
    }

    private static func rawSize(_ object: KubernetesObject) -> Int {
        func sum(_ member: String, _ size: (String) -> Int) -> Int {
            (object.json[member]?.object ?? [:]).values.reduce(0) { $0 + size($1.string ?? "") }
        }
        func decoded(_ text: String) -> Int {
            text.utf8.count / 4 * 3 - text.utf8.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
        }
        let plain = sum(object.kind == "Secret" ? "stringData" : "data") { $0.utf8.count }
        return plain + sum(object.kind == "Secret" ? "data" : "binaryData", decoded)
    }
}
