/// One request as it came in: also what tests look at afterwards.
package struct FakeRequest: Sendable {
    package var method: String
    /// Without query, percent signs decoded.
    package var path: String
    package var query: [(name: String, value: String)]
    /// In lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var wire: FakeClusterSettings.Wire

    package func header(_ name: String) -> String? {
        headers.first { $0.name == name.lowercased() }?.value
    }

    package func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    package func queries(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }

    package var isWatch: Bool { ["1", "true"].contains(query("watch")) }
    package var isExec: Bool { path.hasSuffix("/exec") }
    package var isWrite: Bool { method != "GET" && !isExec }
    var isDryRun: Bool { query("dryRun") == "All" }

    /// Who writes: `fieldManager`, else the program's name.
    var manager: String {
        query("fieldManager")
            ?? (header("user-agent") ?? "unknown").split(separator: "/").first.map(String.init) ?? "unknown"
    }

    init(method: String, target: String, headers: [(name: String, value: String)], wire: FakeClusterSettings.Wire) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.decoded(parts[0])
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(pair[0]), pair.count > 1 ? Self.decoded(pair[1]) : "")
        }
        self.headers = headers
        body = []
        self.wire = wire
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
