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
