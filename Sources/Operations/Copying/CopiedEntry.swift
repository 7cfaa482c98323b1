internal import Crypto

/// A SHA-256 in 32 bytes without an allocation: a copy may have very many.
package struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { ContentDigest(raw: $0) }
    }

    /// - Parameter raw: 32 bytes.
    init(raw: UnsafeRawBufferPointer) {
        words = raw.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    package init(of bytes: [UInt8]) {
        self.init(SHA256.hash(data: bytes))
    }

    /// Nil unless it is 64 hexadecimal digits.
    package init?(hex: ArraySlice<UInt8>) {
        guard hex.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in hex {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self = bytes.withUnsafeBytes { ContentDigest(raw: $0) }
    }

    func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(of: words) { body($0) }
    }

    package var description: String {
        withBytes { bytes in
            let digits = Array("0123456789abcdef".utf8)
            return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        }
    }

    package static func == (left: ContentDigest, right: ContentDigest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

/// A file, folder or link of what is copied. Names are bytes: nobody promises that they are text.
package struct CopiedEntry: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        case file, folder, link
    }

    /// What changes when a file's content may have: size and mode stand in the entry itself.
    package struct Stamp: Sendable, Equatable {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        /// Nanoseconds since 1970.
        var modified: Int64 = 0
        var changed: Int64 = 0
    }

    /// Relative to what is copied; empty for that itself.
    package var path: [UInt8]
    package var kind: Kind
    /// Permission bits: `0o777` at most.
    package var mode: UInt16
    /// Bytes; 0 for all but files.
    package var size = 0
    /// Seconds since 1970, rounded down.
    package var time = 0
    package var target: [UInt8] = []
    package var stamp = Stamp()

    package init(path: [UInt8], kind: Kind, mode: UInt16) {
        self.path = path
        self.kind = kind
        self.mode = mode
    }
}

extension [UInt8] {
    /// As it may stand in a message: control characters and what is no UTF-8 replaced.
    var asName: String { String(decoding: self, as: UTF8.self).printable }
}

/// What a copy comes to, in one value.
enum CopyDigest {
    /// Of a single file its own; of a folder that of its members' paths, kinds, modes, sizes and contents.
    static func content(_ entries: [CopiedEntry], _ digests: [ContentDigest?]) -> ContentDigest? {
        if entries.count == 1, entries[0].kind == .file { return digests[0] }
        return over(entries, digests, withTimes: false)
    }

    /// The same with modification times: what tells whether a pod's copy needs anything.
    static func state(_ entries: [CopiedEntry], _ digests: [ContentDigest?]) -> ContentDigest? {
        over(entries, digests, withTimes: true)
    }

    private static func over(
        _ entries: [CopiedEntry], _ digests: [ContentDigest?], withTimes: Bool
    ) -> ContentDigest? {
        var hash = SHA256()
        var line: [UInt8] = []
        for (entry, digest) in zip(entries, digests) {
            line.removeAll(keepingCapacity: true)
            line.append(entry.kind.rawValue)
            line += "\(entry.mode) \(entry.size) ".utf8
            if withTimes, entry.kind == .file { line += "\(entry.time) ".utf8 }
            line += entry.path
            line.append(0)
            switch entry.kind {
            case .file:
                guard let digest else { return nil }
                digest.withBytes { line.append(contentsOf: $0) }
            case .link:
                line += entry.target
                line.append(0)
            case .folder: break
            }
            line.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return ContentDigest(hash.finalize())
    }
}
