/// A tar archive of a source's entries as a plan: where each byte comes from, before any file is opened.
///
/// GNU's format, which GNU tar, busybox, toybox and bsdtar all read: long names come before their member as a member of
/// their own, large numbers in base 256. Owner is 0. Everybody's rights are the entry's; its owner's are enough to read
/// and to write it as well, so that a stage can be checked and taken up again.
struct TarLayout: Sendable {
    enum Part: Sendable {
        case header(entry: Int, size: Int)
        /// So many bytes of the file of this entry.
        case file(entry: Int, size: Int)
        case zeros(Int)

        var size: Int {
            switch self {
            case .header(_, let size), .file(_, let size), .zeros(let size): size
            }
        }
    }

    private static let block = 512
    /// Bytes that GNU tar may read at a time (`-b 128`).
    private static let record = 64 << 10
    /// Larger archives come in whole records.
    private static let wholeRecords = 1 << 20

    let parts: [Part]
    /// Where each part begins.
    let offsets: [Int]
    let size: Int
    private let top: [UInt8]

    /// - Parameters:
    ///   - chosen: indices of the entries that are packed, ascending.
    ///   - top: the name of what is copied, in the archive.
    init(_ entries: [CopiedEntry], _ chosen: [Int], top: String = "new") {
        self.top = Array(top.utf8)
        var parts: [Part] = []
        for index in chosen {
            let entry = entries[index]
            let nameSize = top.utf8.count + (entry.path.isEmpty ? 0 : 1 + entry.path.count)
            let size =
                TarLayout.block + TarLayout.longSize(nameSize + (entry.kind == .folder ? 1 : 0))
                + TarLayout.longSize(entry.target.count)
            parts.append(.header(entry: index, size: size))
            guard entry.kind == .file, entry.size > 0 else { continue }
            parts.append(.file(entry: index, size: entry.size))
            let rest = entry.size % TarLayout.block
            if rest > 0 { parts.append(.zeros(TarLayout.block - rest)) }
        }
        parts.append(.zeros(2 * TarLayout.block))
        let total = parts.reduce(0) { $0 + $1.size }
        if total > TarLayout.wholeRecords, total % TarLayout.record > 0 {
            parts.append(.zeros(TarLayout.record - total % TarLayout.record))
        }
        self.parts = parts
        var offset = 0
        offsets = parts.map { part in
            defer { offset += part.size }
            return offset
        }
        size = offset
    }

    /// What stands before a member's content.
    func header(of entry: CopiedEntry) -> [UInt8] {
        var name = top
        if !entry.path.isEmpty { name += [UInt8(ascii: "/")] + entry.path }
        if entry.kind == .folder { name.append(UInt8(ascii: "/")) }
        return TarLayout.headers(of: entry, named: name)
    }

    /// What a name takes beside the header; it ends with a NUL.
    private static func longSize(_ count: Int) -> Int {
        count <= 100 ? 0 : block + (count + block) / block * block
    }

    /// The index of the part that holds a byte.
    func part(at offset: Int) -> Int {
        var (low, high) = (0, parts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if offsets[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The mode that an entry has in a stage.
    static func stagedMode(of entry: CopiedEntry) -> UInt16 {
        switch entry.kind {
        case .file: entry.mode | 0o600
        case .folder: entry.mode | 0o700
        case .link: 0o777
        }
    }

    private static func headers(of entry: CopiedEntry, named name: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        if name.count > 100 { bytes += long(name, type: "L") }
        if entry.target.count > 100 { bytes += long(entry.target, type: "K") }
        let type: Character =
            switch entry.kind {
            case .file: "0"
            case .folder: "5"
            case .link: "2"
            }
        return bytes
            + header(
                name, type: type, mode: stagedMode(of: entry), size: entry.size, time: entry.time, target: entry.target)
    }

    private static func long(_ name: [UInt8], type: Character) -> [UInt8] {
        let size = name.count + 1
        let padding = (block - size % block) % block
        return header(Array("././@LongLink".utf8), type: type, mode: 0o644, size: size, time: 0, target: [])
            + name + [UInt8](repeating: 0, count: 1 + padding)
    }

    private static func header(
        _ name: [UInt8], type: Character, mode: UInt16, size: Int, time: Int, target: [UInt8]
    ) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            var place = offset
            for byte in bytes {
                header[place] = byte
                place += 1
            }
        }
        put(name.prefix(100), at: 0)
        put(number(Int(mode), width: 8), at: 100)
        put(number(0, width: 8), at: 108)
        put(number(0, width: 8), at: 116)
        put(number(size, width: 12), at: 124)
        put(number(time, width: 12), at: 136)
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        put(String(type).utf8, at: 156)
        put(target.prefix(100), at: 157)
        put("ustar  ".utf8, at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(number(sum, width: 7), at: 148)
        header[155] = UInt8(ascii: " ")
        return header
    }

    /// Octal digits and a NUL, or base 256 where those don't suffice.
    private static func number(_ value: Int, width: Int) -> [UInt8] {
        if value >= 0, value < 1 << (3 * (width - 1)) {
            let digits = String(value, radix: 8)
            return Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8) + [0]
        }
        var bytes = [UInt8](repeating: value < 0 ? 0xFF : 0, count: width)
        for index in 0..<min(8, width) {
            bytes[width - 1 - index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
        bytes[0] |= 0x80
        return bytes
    }
}
