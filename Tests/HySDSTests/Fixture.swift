import Foundation
import HySDS

/// The repository's own `k8s/` and `conf/`, and configurations over them.
enum Fixture {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let installation = Installation(k8s: folder("k8s"), conf: folder("conf"))

    /// A configuration like a small installation's.
    static let small = """
        VENUE: test
        QUEUES:
          - QUEUE_NAME: test-job_worker-small
            INSTANCE_TYPES: [t3.medium]
        kubernetes:
          namespace: hysds-test
          profile: single-node
          images: {hysds/mozart: "local/mozart@sha256:1", hysds/grq2: "local/grq2@sha256:2", hysds/pele: "local/pele@sha256:3",
            hysds/worker: "local/worker@sha256:4", hysds/ui: "local/ui@sha256:5", hysds/base: "local/base@sha256:6"}
        """

    static func configuration(_ text: String, installation: Installation = installation) throws -> Configuration {
        try Configuration.parse(Array(text.utf8), installation: installation)
    }

    static func topology(_ text: String) throws -> (Configuration, Topology) {
        let configuration = try configuration(text)
        return (configuration, try Topology(installation: installation, configuration: configuration))
    }

    /// What is wrong with a configuration, a line each.
    static func complaints(_ text: String) -> [String] {
        do {
            _ = try configuration(text, installation: Installation(k8s: [:], conf: [:]))
            return []
        } catch let errors as HySDSErrors {
            return errors.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    /// What is wrong with a topology, a line each.
    static func complaints(k8s: [String: String], _ text: String = "") -> [String] {
        do {
            let installation = Installation(k8s: k8s.mapValues { Array($0.utf8) }, conf: [:])
            let configuration = try configuration(text, installation: installation)
            _ = try Topology(installation: installation, configuration: configuration)
            return []
        } catch let errors as HySDSErrors {
            return errors.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    /// Secrets as a cluster would keep them.
    static func secrets(of configuration: Configuration) -> [String: Secret<String>] {
        Dictionary(uniqueKeysWithValues: configuration.missingSecrets.map { ($0.name, Secret("made-for-\($0.name)")) })
    }

    private static func folder(_ name: String) -> [String: [UInt8]] {
        let folder = root.appending(path: name)
        var files: [String: [UInt8]] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path), !data.isEmpty
            else { continue }
            files[path] = Array(data)
        }
        return files
    }
}
