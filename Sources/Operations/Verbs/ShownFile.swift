internal import HySDS

/// A rendered file as `render config` shows it: where the pod has it, where its text comes from, secrets masked.
package struct ShownFile: Sendable, Equatable, Encodable {
    package let workload: String
    /// In the pod.
    package let path: String
    package let mode: String
    package let isSecret: Bool
    package let source: String
    package let text: String

    /// - Parameter word: a component, a workload or `all`.
    package static func all(_ word: String, of site: Site) throws -> [ShownFile] {
        try HySDSErrors.check(site.refusals)
        let workloads = word == Selection.everything ? site.topology.workloads : try site.workloads(named: word)
        let rendering = site.shownFiles
        return try workloads.flatMap { workload in
            try rendering.files(for: workload).map { file in
                ShownFile(
                    workload: workload.name, path: workload.path(inPodOf: file.declaration),
                    mode: String(workload.mode(inPodOf: file.declaration), radix: 8), isSecret: file.isSecret,
                    source: file.source, text: String(decoding: file.bytes.revealed, as: UTF8.self))
            }
        }
    }

    /// The document of `--output json`.
    package struct List: Sendable, Encodable {
        package let apiVersion = "sds/v1"
        package let kind = "Files"
        package let files: [ShownFile]

        package init(files: [ShownFile]) {
            self.files = files
        }
    }
}
