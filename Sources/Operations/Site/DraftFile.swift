internal import FoundationEssentials
internal import Glibc

/// A file that is written piece by piece beside its place, and takes it when it is whole.
final class DraftFile {
    private static let bufferSize = 256 << 10

    private let path: String
    private let draft: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isFinished = false

    /// - Parameter path: its folder is made when it isn't there.
    /// - Throws: `OperationError` (usage) when it can't be written there.
    init(_ path: String) throws(OperationError) {
        // What a link points to is written, so that it stays one.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = place
        var isFolder = false
        if FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder {
            throw OperationError(.usage, "cannot write \(path): it is a folder", hint: "name a file")
        }
        try Folder.make(URL(fileURLWithPath: place).deletingLastPathComponent().path)
        draft = "\(place).\(getpid()).new"
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw OperationError(.usage, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(draft) }
    }

    func write(_ bytes: [UInt8]) throws(OperationError) {
        buffer += bytes
        if buffer.count >= DraftFile.bufferSize { try flush() }
    }

    /// Renames it into place.
    func finish() throws(OperationError) {
        try flush()
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw failure }
        isFinished = true
    }

    private func flush() throws(OperationError) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private var failure: OperationError {
        OperationError(
            .failed, "cannot write \(path): \(String(cString: strerror(errno)))", hint: "the file is as it was")
    }
}
