internal import FoundationEssentials

extension Tree {
    /// A tree of which only the manifest is known, and some members.
    ///
    /// - Parameter members: as an archive holds them, by path.
    /// - Throws: `ReleaseError` (damaged) for a line that can't be read, or a member that the manifest doesn't list so.
    init(
        name: String, destination: String, manifest: [UInt8], members: [String: TreeEntry]
    ) throws(ReleaseError) {
        var entries: [TreeEntry] = []
        var rest = members
        for line in manifest.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? JSONDecoder().decode(ManifestLine.self, from: Data(line)).entry else {
                throw ReleaseError(
                    kind: .damaged, path: "the release's tree '\(name)'",
                    message: "a line of its manifest can't be read")
            }
            let member = rest.removeValue(forKey: entry.path)
            guard member.map({ $0.content.isSame(as: entry.content) && $0.mode == entry.mode }) ?? true else {
                throw ReleaseError(
                    kind: .damaged, path: "the release's tree '\(name)'",
                    message: "'\(entry.path)' isn't what its manifest says")
            }
            entries.append(member ?? entry)
        }
        guard let stranger = rest.keys.min() else {
            self.init(name: name, destination: destination, entries: entries)
            return
        }
        throw ReleaseError(
            kind: .damaged, path: "the release's tree '\(name)'", message: "'\(stranger)' isn't in its manifest")
    }
}

/// `["path","f","644",size,"sha256"]`
private struct ManifestLine: Decodable {
    let entry: TreeEntry

    init(from decoder: any Decoder) throws {
        var fields = try decoder.unkeyedContainer()
        let path = try fields.decode(String.self)
        let kind = try fields.decode(String.self)
        let mode = UInt16(try fields.decode(String.self), radix: 8)
        let size = try fields.decode(Int.self)
        let value = try fields.decode(String.self)
        let content: TreeEntry.Content? =
            switch kind {
            case "f": .elsewhere(size: size, digest: Digest(hex: value))
            case "d": .directory
            case "l": .link(target: value)
            default: nil
            }
        guard let content, let mode else {
            throw DecodingError.dataCorruptedError(in: fields, debugDescription: "an unknown kind or mode")
        }
        entry = TreeEntry(path: path, content: content, mode: mode)
    }
}
