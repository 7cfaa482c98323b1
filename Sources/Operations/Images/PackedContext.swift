internal import FoundationEssentials
internal import Glibc
package import Release

/// An image's build context in a file.
package struct PackedContext: Sendable {
    package let image: ImageDeclaration
    package let file: String
    package let facts: ContextFacts

    /// Packs the context into a file that appears when it is complete.
    ///
    /// - Parameter surveys: whether the manifests of baked trees are wanted; without them memory doesn't grow with the tree.
    package static func pack(
        _ image: ImageDeclaration, from sources: ImageSources, bakes: Bool, surveys: Bool = true, to file: String
    ) throws(OperationError) -> PackedContext {
        var members = try sources.members(of: image, bakes: bakes)
        if !surveys { for index in members.indices { members[index].surveyedAs = nil } }
        // A pipe or a device is written as it is, never replaced.
        let kind = FileKind.of(file)
        let isReplaced = kind == nil || kind == .file
        let aside = isReplaced ? "\(file).new" : file
        let descriptor = open(aside, O_WRONLY | (isReplaced ? O_CREAT | O_TRUNC : 0) | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(file) }
        let facts: ContextFacts
        do {
            facts = try ContextPacker.pack(members, to: descriptor)
        } catch {
            close(descriptor)
            if isReplaced { unlink(aside) }
            throw OperationError(error, while: image.short)
        }
        guard close(descriptor) == 0, !isReplaced || rename(aside, file) == 0 else { throw failure(file) }
        return PackedContext(image: image, file: file, facts: facts)
    }

    private static func failure(_ file: String) -> OperationError {
        OperationError(.usage, "cannot write \(file): \(String(cString: strerror(errno)))")
    }

    /// What it would be; nothing is written.
    static func facts(
        of image: ImageDeclaration, from sources: ImageSources, bakes: Bool
    ) throws(OperationError) -> ContextFacts {
        let members = try sources.members(of: image, bakes: bakes)
        do {
            return try ContextPacker.pack(members)
        } catch {
            throw OperationError(error, while: image.short)
        }
    }

    /// What names the image: the context's digest, and that of how it is built when something is said about it.
    static func tag(_ context: Digest, _ arguments: [String: String], platform: String?) -> String {
        guard !arguments.isEmpty || platform != nil else { return context.short }
        let lines = arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Digest(of: ([context.hex, platform ?? ""] + lines).joined(separator: "\n").utf8).short
    }
}

extension ContextFacts {
    /// The trees that an image of this context holds, as releases that go with it name them.
    var bakedTrees: [PackedTree] {
        get throws(OperationError) {
            var packed: [PackedTree] = []
            for tree in trees {
                do {
                    packed.append(try PackedTree(tree, onImageWith: tree.manifest))
                } catch {
                    throw OperationError(error, while: tree.name)
                }
            }
            return packed
        }
    }
}
