internal import FoundationEssentials
internal import Kubernetes

/// One server's discovery in a file, for 10 minutes as kubectl does.
struct DiscoveryCache {
    private struct Entry: Codable {
        var server: String
        /// Seconds since 1970.
        var time: Double
        var discovery: Discovery
    }

    static let lifetime: Double = 600
    let folder: String
    let server: String

    private var path: String {
        let name = server.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "_" }
        return "\(folder)/discovery-\(String(name)).json"
    }

    /// Nil when there is none that is fresh, of this server and readable: then it is asked.
    func read(now: Double = Date().timeIntervalSince1970) -> Discovery? {
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            let entry = try? JSONDecoder().decode(Entry.self, from: data),
            entry.server == server, (0..<Self.lifetime).contains(now - entry.time)
        else { return nil }
        return entry.discovery
    }

    /// - Throws: What the file system says.
    func write(_ discovery: Discovery, now: Double = Date().timeIntervalSince1970) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let data = try JSONEncoder().encode(Entry(server: server, time: now, discovery: discovery))
        try data.write(to: URL(filePath: path), options: .atomic)
    }
}
