/// One side of a copy as the operator writes it: a path on this machine, or `NAME:PATH` in pods.
package enum CopyPath: Sendable, Equatable {
    case here(String)
    case inPods(name: String, path: String)

    /// A colon before the first slash makes it `NAME:PATH`; a local file of such a name is written `./NAME:PATH`.
    ///
    /// - Throws: `OperationError` (usage) when name or path is empty or the path can't be one.
    package init(_ text: String) throws(OperationError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw OperationError(.usage, "expected a path or NAME:PATH, found '\(text.printable)'")
        }
        let head = text.prefix { $0 != "/" }
        guard let colon = head.firstIndex(of: ":") else {
            self = .here(text)
            return
        }
        let name = String(head[..<colon])
        let path = String(text[text.index(after: colon)...])
        guard !name.isEmpty, name.utf8.allSatisfy(CopyPath.isNameByte) else {
            throw OperationError(
                .usage, "'\(text.printable)' names no pod, workload, program or component",
                hint: "write NAME:PATH for pods, and ./PATH for a local file with a colon in its name")
        }
        guard !path.isEmpty else {
            throw OperationError(
                .usage, "'\(text.printable)' has no path after the colon",
                hint: "write \(name):/folder/file; a path without a slash in front is in the container's work folder")
        }
        self = .inPods(name: name, path: path)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a destination can only be the folder that gets the copy: it ends with a slash, or is `.` or `..`.
    static func isFolder(_ path: String) -> Bool {
        path.hasSuffix("/") || path.split(separator: "/").last.map { $0 == "." || $0 == ".." } ?? false
    }

    /// What a copy is called in a folder that gets it: the path's last part; nil for `/`, `.` and `..`.
    static func name(of path: String) -> String? {
        guard let last = path.split(separator: "/").last, last != ".", last != ".." else { return nil }
        return String(last)
    }
}
