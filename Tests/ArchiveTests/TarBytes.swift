/// Tar archives made byte by byte, as no honest writer would make them.
enum TarBytes {
    struct Member {
        var nameBytes: [UInt8]
        var type: Character
        var link: String
        var contents: [UInt8]
        var size: Int

        init(
            name: String = "", nameBytes: [UInt8]? = nil, type: Character = "0", link: String = "",
            contents: [UInt8] = [], size: Int? = nil
        ) {
            self.nameBytes = nameBytes ?? Array(name.utf8)
            self.type = type
            self.link = link
            self.contents = contents
            self.size = size ?? contents.count
        }
    }

    static func archive(_ members: [Member]) -> [UInt8] {
        members.flatMap { member in
            let padding = (512 - member.contents.count % 512) % 512
            return header(member) + member.contents + [UInt8](repeating: 0, count: padding)
        } + [UInt8](repeating: 0, count: 1024)
    }

    private static func header(_ member: Member) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
        }
        put(member.nameBytes.prefix(100), at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(member.size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        put(String(member.type).utf8, at: 156)
        put(member.link.utf8, at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
        return block
    }
}
