/// Reads an HTTP/1.1 answer to an upgrade: a value that takes bytes and says what it found.
struct HTTPHeadParser {
    enum Step: Equatable {
        case needsMore
        /// The head, and what came behind it.
        case head(TransferHead, rest: ArraySlice<UInt8>)
        case malformed(String)
    }

    /// A head that is longer is no head.
    private static let limit = 64 << 10
    private var bytes: [UInt8] = []

    mutating func take(_ chunk: ArraySlice<UInt8>) -> Step {
        // The end may lie across two chunks.
        let searched = max(0, bytes.count - 3)
        bytes += chunk
        guard let end = Self.end(of: bytes, from: searched) else {
            if !"HTTP/".utf8.starts(with: bytes.prefix(5)) { return .malformed("the answer is no HTTP") }
            return bytes.count > Self.limit
                ? .malformed("the answer's head is longer than \(Self.limit) bytes") : .needsMore
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...599).contains(status)
        else { return .malformed("the answer is no HTTP/1") }
        var head = TransferHead(status: status)
        for line in lines.dropFirst() where !line.isEmpty {
            guard head.headers.append(line: line) else { return .malformed("a header line without a colon") }
        }
        let rest = bytes[(end + 4)...]
        bytes = []
        // `100 Continue` and its like are followed by the answer.
        if (100...199).contains(status) && status != 101 { return take(rest) }
        return .head(head, rest: rest)
    }

    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start...(bytes.count - 4)).first {
            bytes[$0] == 0x0D && bytes[$0 + 1] == 0x0A && bytes[$0 + 2] == 0x0D && bytes[$0 + 3] == 0x0A
        }
    }
}

/// Reads the body of an answer that refused an upgrade.
struct HTTPBodyReader {
    private enum Length {
        case bytes(Int)
        case chunked
        case untilClose
    }

    private let length: Length
    private var raw: [UInt8] = []

    init(_ head: TransferHead) {
        if head.headers.all("Transfer-Encoding").contains(where: { $0.lowercased().hasSuffix("chunked") }) {
            length = .chunked
        } else if let count = head.headers["Content-Length"].flatMap({ Int($0) }) {
            length = .bytes(count)
        } else {
            length = .untilClose
        }
    }

    mutating func take(_ chunk: ArraySlice<UInt8>) {
        raw += chunk
    }

    var isComplete: Bool {
        switch length {
        case .bytes(let count): raw.count >= count
        case .chunked: decoded.isLast
        case .untilClose: false
        }
    }

    var count: Int { raw.count }

    var body: [UInt8] {
        switch length {
        case .bytes(let count): [UInt8](raw.prefix(max(0, count)))
        case .chunked: decoded.body
        case .untilClose: raw
        }
    }

    /// As far as it goes: an error's text that is cut off is better than none.
    private var decoded: (body: [UInt8], isLast: Bool) {
        var body: [UInt8] = []
        var rest = raw[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            guard let size = Int(line.prefix(while: \.isHexDigit), radix: 16), size >= 0, size <= raw.count else {
                break
            }
            if size == 0 { return (body, true) }
            let data = rest[(end + 1)...]
            body += data.prefix(size)
            guard data.count >= size + 2 else { break }
            rest = data.dropFirst(size + 2)
        }
        return (body, false)
    }
}
