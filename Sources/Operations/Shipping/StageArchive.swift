/// A tar stream for a pod's stage folder as pieces that many connections share: nothing is copied into one buffer.
package struct StageArchive: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        /// A plain name of at most 100 bytes.
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    private static let block = 512

    package let pieces: [[UInt8]]
    /// Bytes of all pieces.
    package let size: Int

    package init(_ files: [File]) {
        let end = File(name: PodScript.end, bytes: [])
        pieces =
            (files + [end]).flatMap { file in
                let rest = file.bytes.count % StageArchive.block
                let padding = rest == 0 ? [] : [[UInt8](repeating: 0, count: StageArchive.block - rest)]
                return [StageArchive.header(of: file), file.bytes] + padding
            } + [[UInt8](repeating: 0, count: 2 * StageArchive.block)]
        size = pieces.map(\.count).reduce(0, +)
    }

    /// A ustar header: a plain file, mode 0600, owner and time 0.
    private static func header(of file: File) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(String(file.name.prefix(100)), at: 0)
        put(octal(0o600, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(file.bytes.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        0", at: 148)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6), at: 148)
        header[154] = 0
        return header
    }
}
