import Foundation
import Testing

extension Operator {
    /// Changes a text in a file of the checkout, which must be there.
    func edit(_ path: String, _ old: String, _ new: String) throws {
        let file = ops.appending(path: path)
        let text = try String(contentsOf: file, encoding: .utf8)
        guard text.contains(old) else { throw Command.Failure(description: "\(path) does not contain '\(old)'") }
        try Data(text.replacing(old, with: new).utf8).write(to: file)
    }

    /// Compares every file of every code tree in every pod with the checkout, digest by digest, by kubectl alone.
    ///
    /// - Parameter workloads: nil for all.
    /// - Returns: the number of pods looked at, and what differs.
    func compareCode(_ workloads: Set<String>? = nil) async throws -> (pods: Int, differences: [String]) {
        let text = try await kubectl("get", "pods", "-o", "json")
        let list = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        var targets: [(pod: String, container: String)] = []
        for pod in list?["items"] as? [[String: Any]] ?? [] {
            guard let metadata = pod["metadata"] as? [String: Any], metadata["deletionTimestamp"] == nil,
                let name = metadata["name"] as? String,
                let workload = (metadata["labels"] as? [String: Any])?["app.kubernetes.io/name"] as? String,
                workloads?.contains(workload) ?? true,
                let containers = (pod["spec"] as? [String: Any])?["containers"] as? [[String: Any]]
            else { continue }
            for container in containers {
                let variables = container["env"] as? [[String: Any]] ?? []
                guard let container = container["name"] as? String,
                    variables.contains(where: { $0["name"] as? String == "SDS_RELEASE" })
                else { continue }
                targets.append((name, container))
            }
        }
        let differences = try await withThrowingTaskGroup(of: [String].self) { group in
            for (pod, container) in targets { group.addTask { try await compare(pod, container) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return (targets.count, differences)
    }

    private static let digests = "find $SDS_TREES -type f -exec sha256sum {} +"

    private func compare(_ pod: String, _ container: String) async throws -> [String] {
        let inPod = try await kubectl(
            "exec", pod, "-c", container, "--", "sh", "-c",
            "echo \"$SDS_TREES\"; cd /sds/current/ops && \(Operator.digests)")
        var lines = inPod.split(separator: "\n").map(String.init)
        guard !lines.isEmpty else { return ["\(pod): no answer"] }
        let trees = lines.removeFirst()
        let here = try await Command.run(
            ["env", "SDS_TREES=\(trees)", "sh", "-c", "cd '\(ops.path)' && \(Operator.digests)"])
        guard here.exitCode == 0 else { return ["the checkout lacks trees of \(pod): \(here.errors)"] }
        let wanted = Set(here.output.split(separator: "\n").map(String.init))
        return wanted.symmetricDifference(lines).sorted().map { "\(pod): \($0)" }
    }

    /// Names of the ConfigMaps that hold code, with the tree each belongs to.
    func treeObjects() async throws -> [String: String] {
        let text = try await kubectl(
            "get", "configmaps", "-l", "sds.hysds.org/kind=tree", "-o",
            "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.sds\\.hysds\\.org/tree}{\"\\n\"}{end}")
        let pairs = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { _, last in last })
    }
}
