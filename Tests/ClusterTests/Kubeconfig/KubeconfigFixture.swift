import Foundation
import Synchronization

@testable import Cluster

/// A folder with kubeconfig files and plugins, removed with the value, and the surroundings that go with it.
final class KubeconfigFixture: Sendable {
    let folder: String
    let notes = Mutex<[KubeconfigSource.Note]>([])

    init() throws {
        folder = NSTemporaryDirectory() + "sds-kubeconfig-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch { print(error) }
    }

    @discardableResult
    func write(_ name: String, _ text: String, isExecutable: Bool = false) throws -> String {
        let path = "\(folder)/\(name)"
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: isExecutable ? 0o755 : 0o600], ofItemAtPath: path)
        return path
    }

    func source(
        _ environment: [String: String] = [:], isInteractive: Bool = false, pluginTimeout: Duration = .seconds(20),
        now: @escaping @Sendable () -> Date = { Date.now }
    ) -> KubeconfigSource {
        let standard = ["PATH": "\(folder):/usr/bin:/bin"]
        return KubeconfigSource(
            environment: standard.merging(environment) { $1 }, home: folder, isInteractive: isInteractive,
            serviceAccountFolder: "\(folder)/serviceaccount", pluginTimeout: pluginTimeout, now: now,
            note: { [self] note in notes.withLock { $0.append(note) } })
    }

    /// The access that the text of one kubeconfig comes to.
    func access(
        _ text: String, context: String? = nil, namespace: String? = nil, source: KubeconfigSource? = nil
    ) throws -> ClusterAccess {
        let file = try write("config", text)
        return try ClusterAccess.load(file: file, context: context, namespace: namespace, from: source ?? self.source())
    }

    func failure(_ text: String) -> ClusterError? {
        do {
            _ = try access(text)
            return nil
        } catch {
            return error as? ClusterError
        }
    }

    /// A kubeconfig of one cluster, user and context.
    static func config(
        cluster: String = "{server: 'https://example.org:6443'}", user: String = "{token: abc}"
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: ops
        contexts: [{name: ops, context: {cluster: c, user: u, namespace: space}}]
        clusters: [{name: c, cluster: \(cluster)}]
        users: [{name: u, user: \(user)}]

        """
    }

    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    static let key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
