/// Packs build contexts: equal files give equal bytes on any machine, at any time, for any user.
///
/// Members are sorted by the bytes of their names, owners and times are 0, modes 0755 or 0644. Files are streamed:
/// memory holds the names of one folder a level and a few blocks, whatever the tree; of a release's tree a line a member.
package enum ContextPacker {
    /// - Parameter descriptor: a file or pipe that takes the archive; nil when only the digest is wanted.
    /// - Throws: `ReleaseError` naming the file that is missing, unreadable, a secret, a link that leads nowhere or out
    ///   of its folder, of a kind or name that can't be packed, or changed while it was read.
    package static func pack(
        _ members: [ContextMember], to descriptor: Int32? = nil
    ) throws(ReleaseError) -> ContextFacts {
        let sorted = members.sorted { $0.destination.utf8.lexicographicallyPrecedes($1.destination.utf8) }
        for (index, member) in sorted.enumerated() {
            for other in sorted[(index + 1)...]
            where other.destination == member.destination || other.destination.hasPrefix(member.destination + "/") {
                throw ReleaseError(
                    kind: .duplicate, path: other.destination,
                    message: "both \(member.purpose) and \(other.purpose) go there")
            }
        }
        let sink = try ContextSink(descriptor: descriptor)
        var trees: [SurveyedTree] = []
        for member in sorted {
            switch member.source {
            case .bytes(let bytes):
                try sink.addParents(of: member.destination)
                try sink.beginFile(member.destination, size: bytes.count, isExecutable: false)
                try sink.write(bytes)
            case .emptyFolder:
                try sink.addParents(of: member.destination)
                try sink.addFolder(member.destination)
            case .path(let path):
                guard let walk = try ContextWalk(member, at: path, sink) else { continue }
                try walk.run()
                if member.surveyedAs != nil { trees.append(walk.surveyed) }
            }
        }
        var facts = try sink.close()
        facts.trees = trees
        return facts
    }
}
