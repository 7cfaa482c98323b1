/// A rendered file that a workload gets: one line of the annotation `sds.hysds.org/files`.
package struct FileDeclaration: Hashable, Sendable, Codable {
    /// Relative to the release's root (`ops/…`, `etc/…`), to HOME (`~/…`) or, in a workload without trees, to `/sds-secrets`.
    package var destination: String
    /// The name by which `conf/sources.yaml`, the operator's files and `conf/` know it.
    package var template: String
    package var isSecret: Bool
    package var mode: UInt16

    package init(destination: String, template: String, isSecret: Bool = false, mode: UInt16 = 0o644) {
        self.destination = destination
        self.template = template
        self.isSecret = isSecret
        self.mode = mode
    }

    /// Whether it lies in HOME, where sds-init copies it from the Secret with a private mode.
    package var isInHome: Bool { destination.hasPrefix("~/") }

    /// Below `/sds-secrets` when secret: the path of the Secret volume's item.
    package var secretPath: String {
        isInHome ? "home/" + destination.dropFirst(2) : destination
    }
}

extension FileDeclaration {
    /// Reads `DEST <- TEMPLATE[ secret][ 0600]`; nil with a complaint for anything else.
    static func parse(_ line: Substring, complain: (String) -> Void) -> FileDeclaration? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[1] == "<-" else {
            complain("expected DEST <- TEMPLATE [secret] [0600], found '\(line)'")
            return nil
        }
        let destination = String(words[0])
        let relative = destination.hasPrefix("~/") ? destination.dropFirst(2) : destination[...]
        let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0 == "~" }) else {
            complain("expected a relative path without empty parts, found '\(destination)'")
            return nil
        }
        var declaration = FileDeclaration(destination: destination, template: String(words[2]))
        declaration.isSecret = declaration.isInHome
        for word in words.dropFirst(3) {
            if word == "secret" {
                declaration.isSecret = true
            } else if word.count == 4, let mode = UInt16(word, radix: 8) {
                declaration.mode = mode
            } else {
                complain("expected secret or a mode such as 0600, found '\(word)'")
                return nil
            }
        }
        return declaration
    }
}
