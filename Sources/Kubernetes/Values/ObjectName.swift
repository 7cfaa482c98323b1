/// Rules for names.
package enum ObjectName {
    /// Whether a name can stand in a URL as one segment; what else a kind demands the server says.
    package static func isPathSafe(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 253
            && !name.unicodeScalars.contains { $0 == "/" || $0 == "%" || $0.value < 0x21 || $0.value == 0x7F }
    }

    /// A DNS label: what a namespace, a Service and a label's value can be called.
    package static func isLabel(_ name: String) -> Bool {
        name.utf8.count <= 63 && isSubdomain(name) && !name.contains(".")
    }

    /// What most kinds demand: lower-case letters, digits, `-` and `.`, at most 253.
    package static func isSubdomain(_ name: String) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let isAlphanumeric = { (byte: UInt8) in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && part.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }
}
