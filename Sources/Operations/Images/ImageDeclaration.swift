internal import FoundationEssentials
internal import Kubernetes

/// What one image is made of, as `images/NAME/image.yaml` says.
package struct ImageDeclaration: Equatable, Sendable {
    /// The folder's name: what the command line calls the image.
    package var short: String
    /// As `k8s/` calls it: `hysds/mozart`.
    package var name: String
    package var title: String
    /// Places in the context, and where what is there comes from, relative to the installation's data.
    package var context: [String: String]
    /// Files of each code tree that declare what it needs.
    package var trees: [String: [String]]
    /// The same of the operator's own trees; empty when the image takes none.
    package var ownTrees: [String]
    /// Trees that go into the image only as code, when the checkout has them.
    package var moreTrees: [String]
    /// Whether it is built only when it is named.
    package var isByNameOnly: Bool
    /// Why the image isn't built here, and what to do instead; nil for one that is.
    package var refusal: String?
    package var buildArguments: [String: String] = [:]
    /// Files that look like secrets and aren't, by tree or source.
    package var harmless: Set<String> = []

    /// - Throws: `OperationError` (usage) naming file, key, and what was expected.
    init(_ short: String, parsing bytes: [UInt8], file: String) throws(OperationError) {
        let value: JSONValue
        do {
            value = try Manifest.value(parsing: bytes, file: file)
        } catch {
            throw OperationError(.usage, "\(error)")
        }
        guard let members = value.object else {
            throw OperationError(.usage, "\(file): expected `name:` and `context:`, found something else")
        }
        let known: Set = [
            "name", "title", "context", "trees", "own-trees", "more-trees", "by-name-only", "refused", "build-args",
            "harmless",
        ]
        for key in members.keys.sorted() where !known.contains(key) {
            throw OperationError(
                .usage, "\(file): unknown key `\(key)`", hint: "there are \(known.sorted().joined(separator: ", "))")
        }
        guard let name = members["name"]?.string, !name.isEmpty else {
            throw OperationError(.usage, "\(file): name: expected the image's name in k8s/, found nothing")
        }
        self.short = short
        self.name = name
        title = members["title"]?.string ?? name
        refusal = members["refused"]?.string
        isByNameOnly = members["by-name-only"] == .bool(true)
        context = try ImageDeclaration.texts(members["context"], "context", file)
        trees = try ImageDeclaration.lists(members["trees"], "trees", file)
        ownTrees = try ImageDeclaration.list(members["own-trees"], "own-trees", file)
        moreTrees = try ImageDeclaration.list(members["more-trees"], "more-trees", file)
        try addSettings(members, file)
        guard refusal != nil || context["Containerfile"] != nil else {
            throw OperationError(.usage, "\(file): context: expected a Containerfile, found none")
        }
    }

    /// What the operator's `images.yaml` adds for this image.
    mutating func add(_ settings: JSONValue, file: String) throws(OperationError) {
        guard let members = settings.object else {
            throw OperationError(.usage, "\(file): \(short): expected trees, build-args or harmless")
        }
        for key in members.keys.sorted() where !["trees", "build-args", "harmless"].contains(key) {
            throw OperationError(
                .usage, "\(file): \(short): unknown key `\(key)`", hint: "there are build-args, harmless, trees")
        }
        trees.merge(try ImageDeclaration.lists(members["trees"], "\(short).trees", file)) { _, own in own }
        try addSettings(members, file)
    }

    private mutating func addSettings(_ members: [String: JSONValue], _ file: String) throws(OperationError) {
        let arguments = try ImageDeclaration.texts(members["build-args"], "\(short).build-args", file)
        buildArguments.merge(arguments) { _, own in own }
        harmless.formUnion(try ImageDeclaration.list(members["harmless"], "\(short).harmless", file))
    }

    private static func texts(
        _ value: JSONValue?, _ key: String, _ file: String
    ) throws(OperationError) -> [String: String] {
        guard let value else { return [:] }
        var texts: [String: String] = [:]
        for (name, text) in value.object ?? ["": .null] {
            guard let string = text.string ?? text.integer.map(String.init) else {
                throw OperationError(
                    .usage, "\(file): \(key): expected NAME: TEXT (numbers in quotes), found something else")
            }
            texts[name] = string
        }
        return texts
    }

    private static func lists(
        _ value: JSONValue?, _ key: String, _ file: String
    ) throws(OperationError) -> [String: [String]] {
        guard let value else { return [:] }
        var lists: [String: [String]] = [:]
        for (name, paths) in value.object ?? ["": .null] { lists[name] = try list(paths, "\(key).\(name)", file) }
        return lists
    }

    private static func list(_ value: JSONValue?, _ key: String, _ file: String) throws(OperationError) -> [String] {
        guard let value else { return [] }
        guard let elements = value.array, elements.allSatisfy({ $0.string != nil }) else {
            throw OperationError(.usage, "\(file): \(key): expected a list of paths")
        }
        return elements.compactMap(\.string)
    }
}
