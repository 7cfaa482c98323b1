internal import Kubernetes

/// Reads one mapping of the `kubernetes:` section: every key by name and type, every mistake collected.
///
/// Unlike the rest of the file an unknown key here is an error: it is nobody's but ours.
struct SettingsReader {
    let file: String
    /// From the top: `kubernetes.workloads.grq2`.
    let path: String
    /// Where the mapping begins.
    let line: Int
    private let members: [YAMLNode.Member]
    private var known: [String] = []
    private(set) var errors: [HySDSError] = []
    /// Reads nothing, but visits every section and notes what is asked for.
    private let isSurveying: Bool
    /// The path of every key asked for, sections of the operator's own names as `NAME`.
    private(set) var surveyed: [String] = []

    /// - Parameter isSurveying: instead of reading, notes in `surveyed` what there is to read.
    init(file: String, path: String, node: YAMLNode, isSurveying: Bool = false) {
        self.file = file
        self.path = path
        self.isSurveying = isSurveying
        members = node.members ?? []
        line = node.line
        if node.members == nil && !node.isNull {
            complain(node.line, path, "expected a mapping, found \(node.value.described)")
        }
    }

    // MARK: Scalars

    mutating func text(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard let written = node.written else { return mismatch(key, node, "text") }
        return written.isEmpty ? nil : written
    }

    mutating func name(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard ObjectName.isLabel(text) else {
            complain(
                line(of: key), "\(path).\(key)",
                "expected a name of a-z, 0-9 and -, at most 63 characters, found '\(text)'")
            return nil
        }
        return text
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .bool(let value) = node.value else { return mismatch(key, node, "true or false") }
        return value
    }

    /// Whether it is `true` or `false`: a section in its short form.
    func isBoolean(_ key: String) -> Bool {
        guard case .bool? = members.first(where: { $0.key == key })?.value.value else { return false }
        return true
    }

    mutating func count(_ key: String, atLeast minimum: Int = 0) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .integer(let value) = node.value, value >= minimum, value <= 1_000_000_000 else {
            return mismatch(key, node, "a whole number of at least \(minimum)")
        }
        return Int(value)
    }

    /// Whether Kubernetes would take it for an amount.
    static func isQuantity(_ text: String) -> Bool {
        do {
            _ = try Quantity(text)
            return true
        } catch {
            return false
        }
    }

    mutating func quantity(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard let written = node.written, Self.isQuantity(written) else {
            return mismatch(key, node, "a quantity such as 500m or 4Gi")
        }
        return written
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(_ key: String, _ type: Value.Type) -> Value?
    where Value.RawValue == String {
        guard let node = node(key) else { return nil }
        guard let written = node.written else { return mismatch(key, node, "text") }
        guard let value = Value(rawValue: written) else {
            let choices = Value.allCases.map(\.rawValue)
            complain(
                node.line, "\(path).\(key)", "expected \(choices.joined(separator: ", ")), found '\(written)'",
                hint: Spelling.nearest(to: written, among: choices).map { "did you mean \($0)" })
            return nil
        }
        return value
    }

    // MARK: Lists and mappings

    mutating func texts(_ key: String) -> [String]? {
        guard let node = node(key) else { return nil }
        guard let elements = node.elements else { return mismatch(key, node, "a list of texts") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.written else { return mismatch(key, element, "text") }
            texts.append(text)
        }
        return texts
    }

    mutating func textsByName(_ key: String) -> [String: String]? {
        guard let node = node(key) else { return nil }
        guard let members = node.members else { return mismatch(key, node, "a mapping of texts") }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.written else { return mismatch("\(key).\(member.key)", member.value, "text") }
            texts[member.key] = text
        }
        return texts
    }

    /// A piece of Kubernetes' own schema, taken over as it stands: tolerations, affinities.
    mutating func values(_ key: String) -> [ConfigurationValue]? {
        guard let node = node(key) else { return nil }
        guard let elements = node.elements else { return mismatch(key, node, "a list") }
        return elements.map(\.value)
    }

    /// A mapping of the operator's own names, as it stands.
    mutating func members(_ key: String) -> [ConfigurationValue.Member] {
        guard let node = node(key) else { return [] }
        return node.value.members ?? mismatch(key, node, "a mapping") ?? []
    }

    mutating func section<Value>(_ key: String, _ read: (inout SettingsReader) -> Value) -> Value? {
        guard let node = node(key) else {
            return isSurveying ? nested("\(path).\(key)", .mapping([], line: line), read) : nil
        }
        return nested("\(path).\(key)", node, read)
    }

    mutating func sections<Value>(_ key: String, _ read: (String, inout SettingsReader) -> Value) -> [String: Value] {
        guard let node = node(key) else {
            if isSurveying { _ = nested("\(path).\(key).NAME", .mapping([], line: line)) { read("NAME", &$0) } }
            return [:]
        }
        guard let members = node.members else {
            let _: Void? = mismatch(key, node, "a mapping")
            return [:]
        }
        var sections: [String: Value] = [:]
        for member in members {
            sections[member.key] = nested("\(path).\(key).\(member.key)", member.value) { read(member.key, &$0) }
        }
        return sections
    }

    // MARK: Complaints

    /// Complains about every key that nothing asked for; to be called last.
    mutating func finish() {
        for member in members where !known.contains(member.key) {
            complain(
                member.line, "\(path).\(member.key)", "unknown key", hint: Spelling.hint(for: member.key, among: known))
        }
    }

    mutating func complain(_ line: Int, _ subject: String, _ message: String, hint: String? = nil) {
        errors.append(HySDSError(.configuration, "\(file):\(line): \(subject)", message, hint: hint))
    }

    func line(of key: String) -> Int {
        members.first { $0.key == key }?.line ?? line
    }

    private mutating func node(_ key: String) -> YAMLNode? {
        known.append(key)
        if isSurveying { surveyed.append("\(path).\(key)") }
        guard let node = members.first(where: { $0.key == key })?.value, !node.isNull else { return nil }
        return node
    }

    private mutating func nested<Value>(
        _ path: String, _ node: YAMLNode, _ read: (inout SettingsReader) -> Value
    ) -> Value {
        var reader = SettingsReader(file: file, path: path, node: node, isSurveying: isSurveying)
        let value = read(&reader)
        reader.finish()
        errors += reader.errors
        surveyed += reader.surveyed
        return value
    }

    private mutating func mismatch<Value>(_ key: String, _ node: YAMLNode, _ expected: String) -> Value? {
        complain(node.line, "\(path).\(key)", "expected \(expected), found \(node.value.described)")
        return nil
    }
}
