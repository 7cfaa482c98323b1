internal import Archive

/// What a pod says belongs to a copy, each member checked as it is named: nothing that a pod says is believed.
///
/// A name that leads elsewhere, comes twice or has no folder, a link that leads out of what is copied, a set-id bit:
/// each is an error that names it.
struct ForeignMembers: Sendable {
    /// Members of one copy, and how deep they may lie.
    private static let most = 2_000_000
    private static let mostDepth = 256

    private(set) var entries: [CopiedEntry] = []
    private var positions: [[UInt8]: Int] = [:]

    func index(of path: [UInt8]) -> Int? { positions[path] }

    subscript(index: Int) -> CopiedEntry {
        get { entries[index] }
        set { entries[index] = newValue }
    }

    static func refusal(_ name: [UInt8], _ reason: String) -> OperationError {
        OperationError(.failed, "\(name.asName): \(reason)", hint: "nothing was written")
    }

    /// - Parameter isFile: a single file comes as its own name; it is the copy itself then.
    /// - Returns: the path of a new member below what is copied.
    func path(of name: [UInt8], isFolder: Bool, isFile: Bool) throws -> [UInt8] {
        let parts = try ArchiveStream.Header.parts(of: name)
        guard parts.count <= ForeignMembers.mostDepth, entries.count < ForeignMembers.most else {
            throw ForeignMembers.refusal(name, "too deep or too many")
        }
        if entries.isEmpty, !isFolder {
            guard parts.count == 1, isFile else {
                throw ForeignMembers.refusal(name, "expected a folder or one file first")
            }
            return []
        }
        guard entries.isEmpty ? parts.isEmpty : entries[0].kind == .folder && !parts.isEmpty else {
            throw ForeignMembers.refusal(
                name, entries.isEmpty ? "expected the folder itself first" : "it is not below what is copied")
        }
        let path = [UInt8](parts.joined(separator: [UInt8(ascii: "/")]))
        guard positions[path] == nil else { throw ForeignMembers.refusal(name, "it comes twice") }
        guard parts.count < 2 || kind(of: path.above) == .folder else {
            throw ForeignMembers.refusal(name, "its folder did not come before it")
        }
        return path
    }

    private func kind(of path: [UInt8]) -> CopiedEntry.Kind? { positions[path].map { entries[$0].kind } }

    /// - Parameter mode: with set-id bits.
    static func checkMode(_ mode: UInt16, of name: [UInt8]) throws(OperationError) {
        guard mode & 0o6000 == 0 else { throw refusal(name, "it has a set-user-id or set-group-id bit") }
    }

    static func checkLink(_ target: [UInt8], of path: [UInt8], named name: [UInt8]) throws(OperationError) {
        guard staysInside(target, of: path) else {
            throw refusal(name, "a link that leads out of what is copied, to '\(target.asName)'")
        }
    }

    mutating func append(_ entry: CopiedEntry) {
        positions[entry.path] = entries.count
        entries.append(entry)
    }

    /// Leading `..` up to the copy's top, then plain names: what follows may pass other links, all of which stay inside.
    private static func staysInside(_ target: [UInt8], of path: [UInt8]) -> Bool {
        guard target.first != UInt8(ascii: "/") else { return false }
        var depth = path.split(separator: UInt8(ascii: "/")).count - 1
        var hasName = false
        for part in target.split(separator: UInt8(ascii: "/")) where part != [UInt8(ascii: ".")] {
            if part == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                depth -= 1
                if hasName || depth < 0 { return false }
            } else {
                hasName = true
            }
        }
        return true
    }
}

extension ForeignMembers {
    /// A line of the script's `list`: type as find says it, octal mode, size, time, name.
    ///
    /// - Parameter target: of a link.
    mutating func add(_ line: ArraySlice<UInt8>, target: ArraySlice<UInt8>) throws {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
        let texts = fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 5, let mode = UInt16(texts[1], radix: 8), let size = Int(texts[2]), size >= 0,
            let time = Int(texts[3].prefix { $0 != "." })
        else { throw OperationError(.failed, "the pod's list can't be understood: \(Array(line.prefix(200)).asName)") }
        let name = Array(fields[4])
        let kind: CopiedEntry.Kind
        switch texts[0] {
        case "f": kind = .file
        case "d": kind = .folder
        case "l": kind = .link
        default: throw ForeignMembers.refusal(name, "neither a file, a folder nor a link")
        }
        let path = try path(of: name, isFolder: kind == .folder, isFile: kind == .file)
        var entry = CopiedEntry(path: path, kind: kind, mode: kind == .link ? 0o777 : mode & 0o777)
        entry.time = time
        switch kind {
        case .file:
            try ForeignMembers.checkMode(mode, of: name)
            entry.size = size
        case .folder: break
        case .link:
            entry.target = Array(target)
            try ForeignMembers.checkLink(entry.target, of: path, named: name)
        }
        append(entry)
    }
}

extension [UInt8] {
    /// The path of the folder that something of this path lies in; empty for what is copied itself.
    var above: [UInt8] {
        lastIndex(of: UInt8(ascii: "/")).map { Array(self[..<$0]) } ?? []
    }
}
