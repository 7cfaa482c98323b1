/// Which files are secrets that must not get into an image: by name, and by what private keys look like inside.
enum SecretRules {
    private static let names: Set<String> = [
        ".netrc", ".netrc-os", "_netrc", ".git-credentials", ".pgpass", ".pypirc", ".s3cfg", ".boto", ".htpasswd",
        ".dockercfg", "credentials", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "kubeconfig", ".vault-token",
    ]
    private static let folders: Set<String> = [".aws", ".ssh", ".gnupg", ".kube", ".docker", ".azure", ".sds"]
    private static let suffixes = [".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk", ".kdbx"]
    /// Bytes of a line that begins a private key, at most: so much of a block counts for the next one too.
    static let longestMark = 64
    private static let mark = Array("PRIVATE KEY-----".utf8)
    private static let head = Array("-----BEGIN ".utf8)

    /// Why a file or folder of this name is taken for a secret; nil when it isn't.
    static func reason(name: String, isFolder: Bool) -> String? {
        if folders.contains(name), isFolder { return "a folder of credentials" }
        guard !isFolder else { return nil }
        if names.contains(name) { return "a file of credentials" }
        if suffixes.contains(where: name.hasSuffix) { return "a key" }
        return nil
    }

    /// Whether a line of the bytes begins a private key: `-----BEGIN … PRIVATE KEY-----` and nothing else.
    static func holdsPrivateKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while let position = nextMark(in: bytes, from: start) {
            let end = position + mark.count
            start = end
            guard end == bytes.count || bytes[end] == UInt8(ascii: "\n") || bytes[end] == UInt8(ascii: "\r") else {
                continue
            }
            var line = position
            while line > 0, bytes[line - 1] != UInt8(ascii: "\n"), position - line < 40 { line -= 1 }
            if bytes[line..<position].starts(with: head) { return true }
        }
        return false
    }

    /// How far the search for the mark may go on when it sees a byte at its end (Horspool).
    private static let skips: [Int] = {
        var skips = Array(repeating: mark.count, count: 256)
        for (index, byte) in mark.dropLast().enumerated() { skips[Int(byte)] = mark.count - 1 - index }
        return skips
    }()

    private static func nextMark(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        skips.withUnsafeBufferPointer { skips in
            var end = start + mark.count - 1
            while end < bytes.count {
                let first = end - mark.count + 1
                if bytes[end] == mark[mark.count - 1], bytes[first...end].elementsEqual(mark) { return first }
                end += skips[Int(bytes[end])]
            }
            return nil
        }
    }
}
