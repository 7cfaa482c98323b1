/// HTML character references: the numeric ones and the names of HTML 4.
enum Entities {
    static func decode(_ text: Text) -> Text {
        guard text.scalars.contains("&") else { return text }
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < text.count {
            if text.scalars[index] == "&", let (replacement, end) = reference(text.scalars, index + 1) {
                result += replacement
                index = end
            } else {
                result.append(text.scalars[index])
                index += 1
            }
        }
        return Text(result)
    }

    private static func reference(_ text: [Unicode.Scalar], _ start: Int) -> ([Unicode.Scalar], Int)? {
        if start < text.count, text[start] == "#" { return numeric(text, start + 1) }
        var end = start
        while end < text.count, end - start < 32, !"\t\n\u{c} <&#;".unicodeScalars.contains(text[end]) { end += 1 }
        guard end > start else { return nil }
        let name = Text(text[start..<end]).string
        if end < text.count, text[end] == ";", let code = EntityNames.codes[name] { return ([code], end + 1) }
        var length = end - start
        while length > 1 {
            let prefix = Text(text[start..<(start + length)]).string
            if EntityNames.legacy.contains(prefix), let code = EntityNames.codes[prefix] {
                return ([code], start + length)
            }
            length -= 1
        }
        return nil
    }

    private static func numeric(_ text: [Unicode.Scalar], _ start: Int) -> ([Unicode.Scalar], Int)? {
        let isHexadecimal = start < text.count && (text[start] == "x" || text[start] == "X")
        let first = isHexadecimal ? start + 1 : start
        var end = first
        while end < text.count, isHexadecimal ? text[end].properties.isASCIIHexDigit : text[end].isASCIIDigit {
            end += 1
        }
        guard end > first else { return nil }
        let digits = Text(text[first..<end]).string
        let next = end < text.count && text[end] == ";" ? end + 1 : end
        guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10) else { return (["\u{FFFD}"], next) }
        if let mended = windows[value] { return ([mended], next) }
        guard let scalar = Unicode.Scalar(value) else { return (["\u{FFFD}"], next) }
        return (isInvalid(value) ? [] : [scalar], next)
    }

    private static func isInvalid(_ value: UInt32) -> Bool {
        switch value {
        case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: value & 0xFFFE == 0xFFFE
        }
    }

    /// Codes that HTML reads as Windows-1252.
    private static let windows: [UInt32: Unicode.Scalar] = [
        0x00: "\u{FFFD}", 0x0D: "\r", 0x80: "\u{20AC}", 0x81: "\u{81}", 0x82: "\u{201A}", 0x83: "\u{192}",
        0x84: "\u{201E}", 0x85: "\u{2026}", 0x86: "\u{2020}", 0x87: "\u{2021}", 0x88: "\u{2C6}", 0x89: "\u{2030}",
        0x8A: "\u{160}", 0x8B: "\u{2039}", 0x8C: "\u{152}", 0x8D: "\u{8D}", 0x8E: "\u{17D}", 0x8F: "\u{8F}",
        0x90: "\u{90}", 0x91: "\u{2018}", 0x92: "\u{2019}", 0x93: "\u{201C}", 0x94: "\u{201D}", 0x95: "\u{2022}",
        0x96: "\u{2013}", 0x97: "\u{2014}", 0x98: "\u{2DC}", 0x99: "\u{2122}", 0x9A: "\u{161}", 0x9B: "\u{203A}",
        0x9C: "\u{153}", 0x9D: "\u{9D}", 0x9E: "\u{17E}", 0x9F: "\u{178}",
    ]
}
