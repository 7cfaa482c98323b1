/// Names as they are sent to a pod, and what its tools print about them, in the same order.
struct NameList {
    let indices: [Int]
    private let names: [[UInt8]]

    /// - Parameters:
    ///   - top: stands for the entry with the empty path: `.` for a folder, its name for a file.
    init(_ entries: [CopiedEntry], _ indices: [Int], top: [UInt8]) {
        self.indices = indices
        names = indices.map { index in
            let path = entries[index].path
            let name = path.isEmpty ? top : path
            return name == [UInt8(ascii: ".")] ? name : Array("./".utf8) + name
        }
    }

    /// Each followed by a NUL.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for name in names {
            bytes += name
            bytes.append(0)
        }
        return bytes
    }

    /// Bytes of an answer that says a line of `fields` bytes about each name, which tools may write with escapes.
    func limit(fields: Int) -> Int {
        names.reduce(64 << 10) { $0 + 2 * $1.count + fields }
    }

    /// `HEX  NAME`, `HEX *NAME` or `\HEX  ESCAPED-NAME` by index; files that it couldn't read are left out.
    func digests(_ output: [UInt8]) -> [Int: ContentDigest] {
        var digests: [Int: ContentDigest] = [:]
        var rest = output[...]
        var position = 0
        while !rest.isEmpty {
            let isEscaped = rest.first == UInt8(ascii: "\\")
            let line = isEscaped ? rest.dropFirst() : rest
            guard line.count > 66, let digest = ContentDigest(hex: line.prefix(64)) else { break }
            let shown = line.dropFirst(66)
            guard let (found, end) = match(shown, from: position, escaped: isEscaped) else { break }
            digests[indices[found]] = digest
            position = found + 1
            rest = output[end...]
        }
        return digests
    }

    struct Facts: Equatable {
        /// With the type's bits.
        var mode: Int
        var size: Int
        var time: Int
    }

    /// `HEXMODE SIZE SECONDS NAME` by index; what isn't there is left out.
    func facts(_ output: [UInt8]) -> [Int: Facts] {
        var facts: [Int: Facts] = [:]
        var rest = output[...]
        var position = 0
        while !rest.isEmpty {
            var fields: [ArraySlice<UInt8>] = []
            var line = rest
            for _ in 0..<3 {
                guard let space = line.prefix(40).firstIndex(of: UInt8(ascii: " ")) else { return facts }
                fields.append(line[..<space])
                line = line[(space + 1)...]
            }
            guard let mode = Int(String(decoding: fields[0], as: UTF8.self), radix: 16),
                let size = Int(String(decoding: fields[1], as: UTF8.self)),
                let time = Int(String(decoding: fields[2], as: UTF8.self)),
                let (found, end) = match(line, from: position, escaped: false)
            else { break }
            facts[indices[found]] = Facts(mode: mode, size: size, time: time)
            position = found + 1
            rest = output[end...]
        }
        return facts
    }

    /// The next name that stands there with a line feed behind it, and where the next line begins.
    private func match(_ shown: ArraySlice<UInt8>, from position: Int, escaped: Bool) -> (Int, Int)? {
        for candidate in position..<max(position, names.count) {
            let name = names[candidate]
            for shape in escaped
                ? [NameList.escaped(name, return: true), NameList.escaped(name, return: false)] : [name]
            {
                let end = shown.startIndex + shape.count
                if end < shown.endIndex, shown[end] == UInt8(ascii: "\n"), shown[..<end].elementsEqual(shape) {
                    return (candidate, end + 1)
                }
            }
        }
        return nil
    }

    /// As GNU's tools write it; newer ones escape carriage returns too.
    private static func escaped(_ name: [UInt8], return escapesReturn: Bool) -> [UInt8] {
        name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\n"): Array("\\n".utf8)
            case UInt8(ascii: "\r") where escapesReturn: Array("\\r".utf8)
            case UInt8(ascii: "\\"): Array("\\\\".utf8)
            default: [byte]
            }
        }
    }
}
