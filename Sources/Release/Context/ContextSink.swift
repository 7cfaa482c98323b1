internal import Archive
internal import Glibc

/// The archive that a context is written to.
final class ContextSink {
    private var writer: ArchiveStreamWriter?
    private let output: ContextOutput
    private var folders: Set<String> = []
    private var files = 0
    /// What files are read through, one after the other: room for what came just before, then the block.
    let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: SecretRules.longestMark + 1 << 18, alignment: 16)

    init(descriptor: Int32?) throws(ReleaseError) {
        let output = ContextOutput(descriptor: descriptor)
        self.output = output
        do {
            writer = try ArchiveStreamWriter { output.take($0) }
        } catch {
            throw ReleaseError(kind: .unwritable, path: "the build context", message: error.message)
        }
    }

    private init() {
        output = ContextOutput(descriptor: nil)
    }

    /// For a walk whose archive nobody wants.
    static var nowhere: ContextSink { ContextSink() }

    deinit {
        buffer.deallocate()
    }

    /// The folders above a member, each once.
    func addParents(of path: String) throws(ReleaseError) {
        let parts = path.split(separator: "/").dropLast()
        for count in parts.indices.map({ $0 + 1 }) {
            let folder = parts.prefix(count).joined(separator: "/")
            if folders.insert(folder).inserted { try addFolder(folder) }
        }
    }

    func addFolder(_ path: String) throws(ReleaseError) {
        try begin(ArchiveEntry(path: path, kind: .directory, mode: 0o755))
    }

    func addLink(_ path: String, to target: String) throws(ReleaseError) {
        try begin(ArchiveEntry(path: path, kind: .link(target: target), mode: 0o777))
    }

    func beginFile(_ path: String, size: Int, isExecutable: Bool) throws(ReleaseError) {
        files += 1
        try begin(ArchiveEntry(path: path, kind: .file, mode: isExecutable ? 0o755 : 0o644), size: size)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ReleaseError) {
        do {
            try writer?.write(contentsOf: bytes)
        } catch {
            throw failure(error)
        }
    }

    func write(_ bytes: [UInt8]) throws(ReleaseError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(ReleaseError) in try write(bytes) }
        }
        try result.get()
    }

    func close() throws(ReleaseError) -> ContextFacts {
        do {
            try writer.take()?.close()
        } catch {
            throw failure(error)
        }
        let (digest, bytes, failure) = output.finish()
        if let failure { throw ContextSink.unwritable(failure) }
        return ContextFacts(digest: digest, bytes: bytes, files: files)
    }

    private func begin(_ entry: ArchiveEntry, size: Int = 0) throws(ReleaseError) {
        do {
            try writer?.begin(entry, size: size)
        } catch {
            throw failure(error)
        }
    }

    /// What ended the writing shows as libarchive's error; its cause is the output's.
    private func failure(_ error: ArchiveError) -> ReleaseError {
        output.finish().failure.map(ContextSink.unwritable)
            ?? ReleaseError(kind: .unwritable, path: error.entry ?? "the build context", message: error.message)
    }

    private static func unwritable(_ code: Int32) -> ReleaseError {
        ReleaseError(kind: .unwritable, path: "the build context", message: String(cString: strerror(code)))
    }
}
