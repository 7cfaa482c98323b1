internal import Archive
internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import HySDS

/// A package file, believed only after all of it was read: one folder with plain files in it and nothing else.
struct PackageArchive: Sendable {
    struct File: Sendable, Hashable {
        let name: String
        let size: Int
        let sha256: String
    }

    static let manifestName = "manifest.json"
    private static let manifestLimit = 16 << 20
    private static let memberLimit = 10_000

    let path: String
    let manifest: PackageManifest
    /// The images, by name.
    let files: [String: File]

    /// Reads the file once to its end.
    ///
    /// - Throws: `OperationError` (usage) that names what is wrong in it.
    static func read(_ path: String) throws -> PackageArchive {
        var folder: String?
        var manifest: [UInt8]?
        var files: [String: File] = [:]
        var seen: Set<String> = []
        let reader = try Reader(path)
        while let (member, name) = try reader.next() {
            guard seen.count < memberLimit else { throw reader.refusal(member, "more than \(memberLimit) members") }
            guard seen.insert(name).inserted else { throw reader.refusal(member, "it comes twice") }
            let parts = name.split(separator: "/").map(String.init)
            if let folder, folder != parts[0] {
                throw reader.refusal(member, "outside of the package's one folder '\(folder)'")
            }
            folder = parts[0]
            switch member.kind {
            case .directory where parts.count == 1: continue
            case .file where parts.count == 2 && parts[1] == manifestName: manifest = try reader.contents(manifestLimit)
            case .file where parts.count == 2:
                let (size, digest) = try reader.digest()
                files[parts[1]] = File(name: parts[1], size: size, sha256: digest)
            case .directory, .file: throw reader.refusal(member, "expected FOLDER/FILE")
            case .link, .hardLink: throw reader.refusal(member, "a link; expected files only")
            case .other: throw reader.refusal(member, "neither a file nor a folder")
            }
        }
        guard let manifest else {
            throw OperationError(
                .usage, "\(path): there is no FOLDER/\(manifestName) in it", hint: "is it a file of 'pkg export'?")
        }
        do {
            return PackageArchive(path: path, manifest: try PackageManifest(parsing: manifest), files: files)
        } catch {
            throw OperationError(
                .usage, error.all.map { "\(path): \($0)" }.joined(separator: "\n"), hint: "nothing was written")
        }
    }

    /// Reads the file again and hands on what is in the files that are asked for, one after another.
    func read(
        _ names: Set<String>, _ take: (File, _ next: (Int) throws -> [UInt8]) async throws -> Void
    ) async throws {
        let reader = try Reader(path)
        var left = names
        while !left.isEmpty, let (_, name) = try reader.next() {
            let last = String(name.split(separator: "/").last ?? "")
            guard let file = files[last], left.remove(last) != nil else { continue }
            try await take(file) { try reader.read($0) }
        }
        guard left.isEmpty else {
            throw OperationError(.mismatch, "\(path) was changed while it was read", hint: "run the command again")
        }
    }

    /// libarchive over one open file, with the names of members as they may be.
    final class Reader {
        private let path: String
        private let descriptor: Int32
        private let stream: ArchiveStreamReader

        init(_ path: String) throws {
            self.path = path
            guard FileKind.of(path) ?? .file == .file else {
                throw OperationError(
                    .usage, "cannot read \(path): it is no file", hint: "name a file of 'pkg export'")
            }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw OperationError(.usage, "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            self.descriptor = descriptor
            do {
                stream = try ArchiveStreamReader { buffer throws(ArchiveError) in
                    while true {
                        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                        if count >= 0 { return count }
                        guard errno == EINTR else { throw ArchiveError(message: String(cString: strerror(errno))) }
                    }
                }
            } catch {
                close(descriptor)
                throw Reader.refusal(path, error)
            }
        }

        deinit { close(descriptor) }

        func next() throws -> (ArchiveStreamReader.Member, String)? {
            do {
                guard let member = try stream.next() else { return nil }
                let name = member.name
                var parts = name.split(separator: "/", omittingEmptySubsequences: false)
                if parts.last?.isEmpty == true { parts.removeLast() }
                if parts.first == "." { parts.removeFirst() }
                guard !name.hasPrefix("/") else { throw refusal(member, "an absolute name") }
                guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
                    name.utf8.count <= 1024, !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
                else {
                    // `tar -C folder .` begins with the folder itself.
                    if member.kind == .directory && ["./", "."].contains(name) { return try next() }
                    throw refusal(member, "the name leads elsewhere")
                }
                return (member, parts.joined(separator: "/"))
            } catch let error as ArchiveError {
                throw Reader.refusal(path, error)
            }
        }

        func contents(_ limit: Int) throws -> [UInt8] {
            do { return try stream.contents(limit: limit) } catch { throw Reader.refusal(path, error) }
        }

        /// At most that many bytes of the current member; fewer at its end alone.
        func read(_ count: Int) throws -> [UInt8] {
            do {
                return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(ArchiveError) in
                    while filled < count {
                        let rest = UnsafeMutableRawBufferPointer(
                            UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                        let more = try stream.read(into: rest)
                        if more == 0 { return }
                        filled += more
                    }
                }
            } catch {
                throw Reader.refusal(path, error)
            }
        }

        func digest() throws -> (size: Int, sha256: String) {
            var hash = SHA256()
            var size = 0
            while true {
                let bytes = try read(1 << 20)
                if bytes.isEmpty { return (size, ContentDigest(hash.finalize()).description) }
                hash.update(data: bytes)
                size += bytes.count
            }
        }

        func refusal(_ member: ArchiveStreamReader.Member, _ message: String) -> OperationError {
            Reader.refusal(path, ArchiveError(entry: member.name, message: message))
        }

        static func refusal(_ path: String, _ error: ArchiveError) -> OperationError {
            let name = error.entry.map { entry in
                String(entry.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) })
            }
            return OperationError(
                .usage, "\(path): \(name.map { "'\($0)': " } ?? "")\(error.message)",
                hint: "nothing was written; is it a whole file of 'pkg export'?")
        }
    }
}
