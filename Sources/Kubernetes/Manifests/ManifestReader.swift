internal import Yams

/// Turns one YAML document into a JSON value, with the line in every error.
struct ManifestReader {
    /// What one document may grow to when its aliases are followed. The largest real manifests have some ten thousand.
    static let largestDocument = 1_000_000
    static let deepest = 200

    let file: String
    private var values = 0

    init(file: String) {
        self.file = file
    }

    func error(_ line: Int?, _ message: String, hint: String? = nil) -> KubernetesError {
        KubernetesError(.invalidManifest, line.map { "\(file):\($0)" } ?? file, message, hint: hint)
    }

    mutating func value(_ node: Node, depth: Int = 0) throws(KubernetesError) -> JSONValue {
        values += 1
        guard values <= Self.largestDocument else {
            throw error(
                node.mark?.line, "more than \(Self.largestDocument) values in one document",
                hint: "are its aliases nested?")
        }
        guard depth <= Self.deepest else {
            throw error(node.mark?.line, "nested more than \(Self.deepest) levels deep")
        }
        switch node {
        case .scalar(let scalar):
            return try self.scalar(scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try value(element, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            return .object(try members(mapping, depth: depth))
        case .alias:
            throw error(node.mark?.line, "an alias without its anchor")
        }
    }

    private mutating func members(_ mapping: Node.Mapping, depth: Int) throws(KubernetesError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        var merged: [String: JSONValue] = [:]
        for (keyNode, valueNode) in mapping {
            if let scalar = keyNode.scalar, scalar.string == "<<", scalar.style == .plain {
                try merge(valueNode, into: &merged, depth: depth)
                continue
            }
            let key = try key(keyNode)
            guard members[key] == nil else { throw error(keyNode.mark?.line, "key \"\(key)\" occurs twice") }
            members[key] = try value(valueNode, depth: depth + 1)
        }
        return members.merging(merged) { own, _ in own }
    }

    /// `<<`: what an earlier one brought wins over a later one.
    private mutating func merge(
        _ node: Node, into merged: inout [String: JSONValue], depth: Int
    ) throws(KubernetesError) {
        let sources = node.sequence.map(Array.init) ?? [node]
        for source in sources {
            guard let members = try value(source, depth: depth + 1).object else {
                throw error(source.mark?.line, "expected a mapping after \"<<\"")
            }
            merged.merge(members) { earlier, _ in earlier }
        }
    }

    private func key(_ node: Node) throws(KubernetesError) -> String {
        guard let scalar = node.scalar else {
            throw error(node.mark?.line, "a list or a mapping can't be a key")
        }
        // Comparing keys, the parser has already written its own idea of the type into their tags.
        let resolved = scalar.style == .plain ? ManifestScalar.resolve(scalar.string) : .string(scalar.string)
        switch resolved {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        default:
            throw error(node.mark?.line, "key \"\(scalar.string)\" is no text", hint: "write it in quotes")
        }
    }

    private func scalar(_ scalar: Node.Scalar) throws(KubernetesError) -> JSONValue {
        let text = scalar.string
        let tag = scalar.tag.description
        let resolved: JSONValue? =
            scalar.style == .plain || scalar.style == .any || tag.hasPrefix("tag:yaml.org,2002:")
            ? ManifestScalar.resolve(text) : .string(text)
        switch (tag, resolved) {
        case ("", nil), ("tag:yaml.org,2002:float", nil):
            throw error(scalar.mark?.line, "\(text) isn't a number that JSON knows")
        case ("", let value?): return value
        case ("tag:yaml.org,2002:int", .integer?), ("tag:yaml.org,2002:bool", .bool?),
            ("tag:yaml.org,2002:null", .null?),
            ("tag:yaml.org,2002:float", .integer?), ("tag:yaml.org,2002:float", .number?):
            return resolved ?? .null
        case ("tag:yaml.org,2002:int", _), ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:null", _),
            ("tag:yaml.org,2002:float", _):
            throw error(scalar.mark?.line, "\"\(text)\" isn't a \(tag.split(separator: ":").last ?? "value")")
        case ("tag:yaml.org,2002:binary", _):
            throw error(scalar.mark?.line, "!!binary isn't supported", hint: "put the base64 text into a Secret's data")
        default: return .string(text)
        }
    }
}
