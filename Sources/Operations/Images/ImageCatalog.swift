internal import FoundationEssentials
internal import Kubernetes

/// All images that are declared: the installation's, with what `~/.sds/files/images.yaml` adds.
package struct ImageCatalog: Equatable, Sendable {
    /// Sorted by name.
    package let images: [ImageDeclaration]

    /// - Parameter settings: the operator's `images.yaml`; nil when there is none.
    /// - Throws: `OperationError` (usage) for a declaration that can't be read or a name that nobody declares.
    package init(share: Share, settings: [UInt8]? = nil) throws(OperationError) {
        var images: [ImageDeclaration] = []
        let files = try share.files(below: "images")
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let parts = path.split(separator: "/")
            guard parts.count == 2, parts[1] == "image.yaml" else { continue }
            images.append(
                try ImageDeclaration(String(parts[0]), parsing: bytes, file: "\(share.path)/images/\(path)"))
        }
        if let settings {
            let file = "~/.sds/files/images.yaml"
            let value: JSONValue
            do {
                value = try Manifest.value(parsing: settings, file: file)
            } catch {
                throw OperationError(.usage, "\(error)")
            }
            for (name, members) in value.object ?? [:] {
                guard let index = images.firstIndex(where: { $0.short == name }) else {
                    throw OperationError(
                        .usage, "\(file): no image '\(name)'", hint: ImageCatalog.list(images))
                }
                try images[index].add(members, file: file)
            }
        }
        self.images = images
    }

    /// - Parameter words: names with or without what stands before their slash; `all` or nothing is every image
    ///   that is built here.
    package func selection(_ words: [String]) throws(OperationError) -> [ImageDeclaration] {
        guard !words.isEmpty, words != ["all"] else {
            return images.filter { !$0.isByNameOnly && $0.refusal == nil }
        }
        var chosen: [ImageDeclaration] = []
        for word in words {
            guard let image = images.first(where: { $0.short == word || $0.name == word }) else {
                throw OperationError(.usage, "no image '\(word)'", hint: ImageCatalog.list(images) + " and all")
            }
            if let refusal = image.refusal {
                throw OperationError(
                    .failed, "\(image.name) isn't built here: \(refusal)",
                    hint: "build it with its own tools, push it, and name it under kubernetes.images: "
                        + "`\(image.name): registry.example.org/…@sha256:…`")
            }
            if !chosen.contains(image) { chosen.append(image) }
        }
        return chosen
    }

    /// The code trees of the checkout that images are made from.
    package var treeNames: Set<String> { Set(images.flatMap { $0.trees.keys + $0.moreTrees }) }

    private static func list(_ images: [ImageDeclaration]) -> String {
        "there are " + images.map(\.short).joined(separator: ", ")
    }
}
