/// RFC 4648 with padding; Foundation's would cost its start-up time.
enum Base64 {
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let three = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let word =
                UInt32(three[0]) << 16 | UInt32(three.count > 1 ? three[1] : 0) << 8
                | UInt32(three.count > 2 ? three[2] : 0)
            for index in 0..<4 {
                text.append(
                    index <= three.count ? digits[Int(word >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
