/// A package that is installed in an image.
struct InstalledPackage: Hashable, Sendable, Comparable {
    enum Kind: String, Hashable, Sendable {
        case debian, python
    }

    var kind: Kind
    var name: String
    var version: String
    /// Of Debian's packages.
    var architecture: String?
    /// As the package's own metadata says it, mostly an SPDX expression; nil when it says none.
    var license: String?

    static func < (left: InstalledPackage, right: InstalledPackage) -> Bool {
        (left.kind.rawValue, left.name, left.version) < (right.kind.rawValue, right.name, right.version)
    }

    /// The package URL: `pkg:pypi/flask@2.2.5`.
    var packageURL: String {
        let version = InstalledPackage.encoded(version)
        switch kind {
        case .python:
            // The form that the index compares names in.
            let plain = name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
            return "pkg:pypi/\(plain)@\(version)"
        case .debian:
            return "pkg:deb/debian/\(name)@\(version)" + (architecture.map { "?arch=\($0)" } ?? "")
        }
    }

    /// The installed ones of dpkg's status file.
    static func debian(status: [UInt8]) -> [InstalledPackage] {
        String(decoding: status, as: UTF8.self).split(separator: "\n\n").compactMap { text in
            let fields = fields(of: text)
            guard let name = fields["package"], let version = fields["version"],
                fields["status"]?.hasSuffix(" installed") == true
            else { return nil }
            return InstalledPackage(
                kind: .debian, name: name, version: version, architecture: fields["architecture"], license: nil)
        }
    }

    /// Nil for metadata without name or version.
    init?(pythonMetadata bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let head = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        let fields = InstalledPackage.fields(of: head)
        guard let name = fields["name"], let version = fields["version"] else { return nil }
        let license = fields["license-expression"] ?? fields["license"]
        self.init(
            kind: .python, name: name, version: version, architecture: nil,
            license: license.flatMap { $0.isEmpty || $0.utf8.count > 100 ? nil : $0 })
    }

    init(kind: Kind, name: String, version: String, architecture: String?, license: String?) {
        self.kind = kind
        self.name = name
        self.version = version
        self.architecture = architecture
        self.license = license
    }

    /// `Name: value` lines by lower-case name, the first of each; continued lines are left out.
    private static func fields(of text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") where line.first != " " && line.first != "\t" {
            guard let mark = line.firstIndex(of: ":") else { continue }
            let name = line[..<mark].lowercased()
            var value = line[line.index(after: mark)...]
            while let first = value.first, first.isWhitespace { value.removeFirst() }
            while let last = value.last, last.isWhitespace { value.removeLast() }
            if fields[name] == nil { fields[name] = String(value) }
        }
        return fields
    }

    /// Percent-encoded as a package URL wants it.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            guard !(byte < 0x80 && (character.isLetter || character.isNumber || "-._~:".contains(character))) else {
                return String(character)
            }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}
