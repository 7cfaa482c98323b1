internal import Yams

/// Kubernetes objects read from YAML (or JSON, which is YAML), each with the place it came from.
package struct Manifest: Hashable, Sendable {
    /// One object and where its document starts.
    package struct Entry: Hashable, Sendable {
        package var object: KubernetesObject
        package var file: String
        /// From 1. For a member of a List the line of the List.
        package var line: Int

        /// `k8s/mozart.yaml:12`
        package var place: String { "\(file):\(line)" }
    }

    /// A file larger than this is no manifest: the API server takes 3 MiB a request.
    package static let largestFile = 32 << 20

    package private(set) var entries: [Entry]
    package var objects: [KubernetesObject] { entries.map(\.object) }

    /// Reads all documents of a file. Empty ones are skipped, a `List` gives its members.
    /// - Throws: `KubernetesError` naming file and line for a text that is no YAML, a key that occurs twice, a document
    ///   that is no object with apiVersion, kind and metadata.name, and an object that occurs twice.
    package init(parsing bytes: [UInt8], file: String) throws(KubernetesError) {
        guard bytes.count <= Self.largestFile else {
            throw KubernetesError(
                .invalidManifest, file,
                "\(bytes.count >> 20) MiB are too many for a manifest (at most \(Self.largestFile >> 20))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KubernetesError(.invalidManifest, file, "not UTF-8 text")
        }
        entries = []
        for (value, line) in try Self.documents(text, file: file) where !value.isNull {
            try add(value, file: file, line: line)
        }
        try checkDuplicates()
    }

    /// Joins the objects of several files.
    /// - Throws: `KubernetesError` for an object that two of them declare.
    package init(joining manifests: [Manifest]) throws(KubernetesError) {
        entries = manifests.flatMap(\.entries)
        try checkDuplicates()
    }

    /// Any YAML document as a JSON value, by the same rules as objects. An empty text is null.
    /// - Throws: `KubernetesError` also for a second document.
    package static func value(parsing bytes: [UInt8], file: String) throws(KubernetesError) -> JSONValue {
        guard bytes.count <= largestFile, let text = String(validating: bytes, as: UTF8.self) else {
            throw KubernetesError(.invalidManifest, file, "not UTF-8 text of a reasonable size")
        }
        let documents = try documents(text, file: file)
        guard documents.count <= 1 else {
            throw KubernetesError(
                .invalidManifest, "\(file):\(documents[1].line)", "expected one document, found \(documents.count)")
        }
        return documents.first?.value ?? .null
    }

    private static func documents(
        _ text: String, file: String
    ) throws(KubernetesError) -> [(value: JSONValue, line: Int)] {
        // Yams takes a byte order mark for a character of the first key.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        try NestingGuard.check(text, file: file)
        var documents: [(JSONValue, Int)] = []
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let node = try parser.nextRoot() {
                var reader = ManifestReader(file: file)
                documents.append((try reader.value(node), node.mark?.line ?? 1))
            }
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(yaml: error, text: text, file: file)
        }
        return documents
    }

    private mutating func add(_ value: JSONValue, file: String, line: Int) throws(KubernetesError) {
        func fail(_ message: String, hint: String? = nil) -> KubernetesError {
            KubernetesError(.invalidManifest, "\(file):\(line)", message, hint: hint)
        }
        guard value.object != nil else { throw fail("expected a mapping with apiVersion, kind and metadata") }
        let object = KubernetesObject(value)
        guard !object.apiVersion.isEmpty else { throw fail("apiVersion is missing or no text") }
        guard !object.kind.isEmpty else { throw fail("kind is missing or no text") }
        if object.kind.hasSuffix("List"), let items = value["items"] {
            guard let items = items.array else { throw fail("items of a \(object.kind) must be a list") }
            for item in items { try add(item, file: file, line: line) }
            return
        }
        guard value["metadata"]?.object != nil else { throw fail("metadata is missing or no mapping") }
        guard !object.name.isEmpty else {
            let generated = value[path: ["metadata", "generateName"]] != nil
            throw fail(
                "metadata.name is missing or no text",
                hint: generated ? "generateName can't be applied: give it a name" : nil)
        }
        guard ObjectName.isPathSafe(object.name) else {
            throw fail("\"\(object.name)\" can't be the name of a \(object.kind)")
        }
        entries.append(Entry(object: object, file: file, line: line))
    }

    private func checkDuplicates() throws(KubernetesError) {
        var places: [ObjectKey: String] = [:]
        for entry in entries {
            if let first = places.updateValue(entry.place, forKey: entry.object.key) {
                throw KubernetesError(
                    .invalidManifest, entry.place, "\(entry.object.key) is declared a second time",
                    hint: "first in \(first)")
            }
        }
    }
}
