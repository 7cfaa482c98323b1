internal import FoundationEssentials
internal import Glibc

/// A folder of small text files that is read as a whole.
struct Folder {
    /// A file above this many bytes is no template or manifest; it is passed over.
    private static let largestFile = 4 << 20

    private let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Every file below the folder by its relative path; empty when there is no such folder.
    func files() throws(OperationError) -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        try visit("", into: &result)
        return result
    }

    private func visit(_ relative: String, into result: inout [String: [UInt8]]) throws(OperationError) {
        let folder = relative.isEmpty ? path : "\(path)/\(relative)"
        guard FileManager.default.fileExists(atPath: folder) else { return }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw OperationError(.usage, "cannot read the folder \(folder): \(error.localizedReason)")
        }
        for name in names.sorted() where !name.hasSuffix("~") && name != ".git" {
            let member = relative.isEmpty ? name : "\(relative)/\(name)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: "\(path)/\(member)", isDirectory: &isFolder) else { continue }
            if isFolder {
                try visit(member, into: &result)
            } else if let bytes = try Folder.read("\(path)/\(member)", limit: Folder.largestFile) {
                result[member] = bytes
            }
        }
    }

    /// Writes a file that only the owner, or who the mode says, can read: first aside, then renamed.
    static func write(_ data: Data, to file: String, mode: mode_t = 0o644) throws(OperationError) {
        let aside = "\(file).new"
        unlink(aside)
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(aside) }
        let isWritten = data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        guard isWritten, close(descriptor) == 0, rename(aside, file) == 0 else { throw failure(file) }
    }

    /// Makes a folder and those above it.
    static func make(_ path: String, mode: mode_t = 0o755) throws(OperationError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: UInt16(mode)])
        } catch {
            throw OperationError(.failed, "cannot make the folder \(path): \(error.localizedReason)")
        }
    }

    /// A new folder that only its owner can look into.
    static func temporary() throws(OperationError) -> String {
        let base = FileManager.default.temporaryDirectory.path
        var name = Array("\(base)/sds-XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else { throw failure(base) }
        return String(cString: made)
    }

    /// What is left of it when that fails is the system's to clean up: it lies among temporary files.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func failure(_ file: String) -> OperationError {
        OperationError(.failed, "cannot write \(file): \(String(cString: strerror(errno)))")
    }

    /// The bytes of a file; nil when it is larger than the limit.
    static func read(_ file: String, limit: Int = 64 << 20) throws(OperationError) -> [UInt8]? {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            if let size = attributes[.size] as? UInt64, size > UInt64(limit) { return nil }
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw OperationError(.usage, "cannot read \(file): \(error.localizedReason)")
        }
    }
}

extension Error {
    /// The reason without the file's name, which the caller names already.
    fileprivate var localizedReason: String {
        if let error = self as? CocoaError, let cause = error.underlying as? POSIXError {
            return String(cString: strerror(cause.code.rawValue))
        }
        return String(describing: self)
    }
}
