import Archive
import Foundation

@testable import Release

/// A folder of files for one test.
final class ContextFolder {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "sds-context-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, _ name: String) throws {
        try write(Data(text.utf8), name)
    }

    func write(_ data: Data, _ name: String) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    func member(_ destination: String = "trees/t", harmless: Set<String> = []) -> ContextMember {
        ContextMember(destination, .path(path), purpose: "the tree 't'", harmless: harmless)
    }

    /// The archive of members, and what is said of it.
    static func packed(_ members: [ContextMember]) throws -> (bytes: [UInt8], facts: ContextFacts) {
        let file = FileManager.default.temporaryDirectory.appending(path: "sds-context-\(UUID().uuidString).tar").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw CocoaError(.fileNoSuchFile) }
        let facts = try ContextPacker.pack(members, to: handle.fileDescriptor)
        try handle.close()
        return (Array(try Data(contentsOf: URL(filePath: file))), facts)
    }

    /// The paths of the members of an archive, in order.
    static func paths(_ bytes: [UInt8]) throws -> [String] {
        var reader = try ArchiveReader(bytes)
        var paths: [String] = []
        while let member = try reader.next() { paths.append(member.entry.path) }
        return paths
    }

    func paths() throws -> [String] {
        try ContextFolder.paths(try ContextFolder.packed([member("t")]).bytes)
    }

    /// What is refused, and why.
    func refusal(harmless: Set<String> = []) -> ReleaseError? {
        do {
            _ = try ContextPacker.pack([member(harmless: harmless)])
            return nil
        } catch {
            return error
        }
    }
}
