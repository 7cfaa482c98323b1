internal import Foundation
internal import Glibc

/// A file that nobody else may read, replaced as a whole or not at all.
package struct PrivateFile: Sendable {
    package let path: String

    /// - Parameter path: a symbolic link is followed, so that it stays one.
    package init(_ path: String) {
        self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The file's text; nil when there is none.
    package func read() throws(OperationError) -> [UInt8]? {
        exists ? try Folder.read(path) : nil
    }

    /// Writes beside the file, with mode 0600 from the first byte on, and renames: whoever reads sees the old text or the
    /// new one, also after a loss of power.
    package func write(_ bytes: [UInt8]) throws(OperationError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try make(folder)
        let draft = "\(path).\(getpid()).new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = failure("write")
                close(file)
                unlink(draft)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0, close(file) == 0, rename(draft, path) == 0 else {
            let error = failure("write")
            unlink(draft)
            throw error
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// The folder, private when it is made now or is sds's own.
    private func make(_ folder: String) throws(OperationError) {
        let isThere = FileManager.default.fileExists(atPath: folder)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw OperationError(.usage, "cannot make the folder \(folder): \(error.localizedDescription)")
        }
        if isThere && folder.hasSuffix("/.sds") { chmod(folder, 0o700) }
    }

    private func failure(_ act: String) -> OperationError {
        OperationError(
            .usage, "cannot \(act) \(path): \(String(cString: strerror(errno)))",
            hint: "the file is as it was; check the folder's permissions and the space on its disk")
    }
}
