internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import Release

/// What changed in the rendered files of a workload: plain ones come with their release, secret ones with a Secret.
struct RenderedDifference {
    private let rendering: FileRendering

    /// Renders everything once more with a word for every secret: what may be shown of secret files.
    init(_ site: Site) {
        rendering = site.shownFiles
    }

    func plain(from old: Tree?, to new: Tree?) -> [DifferenceReport.File] {
        TreeDifference(from: old, to: new).files.map(DifferenceReport.File.init)
    }

    /// - Parameters:
    ///   - live: the workload's Secret in the cluster; nil when there is none.
    ///   - desired: the Secret that would be applied; nil for a workload without secret files.
    ///   - pods: the workload's object, whose volume says which key is which file.
    func secret(
        of workload: Workload, from live: KubernetesObject?, to desired: KubernetesObject?, pods: KubernetesObject?
    ) -> [DifferenceReport.File] {
        let before = RenderedDifference.values(of: live)
        let after = RenderedDifference.values(of: desired)
        guard before != after else { return [] }
        let paths = RenderedDifference.paths(in: pods)
        let shown = (try? rendering.files(for: workload)) ?? []
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            let path = paths[key] ?? key
            switch (before[key], after[key]) {
            case (nil, _?): return .init(path: path, change: "added", remark: "secret file")
            case (_?, nil): return .init(path: path, change: "removed", remark: "secret file")
            case (let old?, let new?) where old != new:
                let file = shown.first { $0.isSecret && $0.declaration.secretPath == path }
                return RenderedDifference.changed(path, from: old, to: new, showing: file)
            default: return nil
            }
        }
    }

    private static func changed(
        _ path: String, from old: [UInt8], to new: [UInt8], showing file: RenderedFile?
    ) -> DifferenceReport.File {
        // The operator's own templates may hold a password in their text, and so may what lies in HOME.
        if let file, !file.source.hasPrefix("~"), !file.declaration.isInHome,
            let showing = TextDifference.Showing.masked(file.bytes.revealed, like: new),
            let text = TextDifference(from: old, to: new, showing: showing)
        {
            return .init(path: path, change: "changed", lines: text.lines, remark: "secret file, masked")
        }
        let text = TextDifference(from: old, to: new)
        let size = text.map { "+\($0.added) −\($0.removed) lines" } ?? "\(old.count) → \(new.count) bytes"
        return .init(path: path, change: "changed", remark: "secret file, not shown: \(size)")
    }

    private static func values(of secret: KubernetesObject?) -> [String: [UInt8]] {
        (secret?[path: ["data"]]?.object ?? [:]).compactMapValues { value in
            value.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        }
    }

    /// Keys of the Secret to paths of the files.
    private static func paths(in object: KubernetesObject?) -> [String: String] {
        let volumes = object?[path: ["spec", "template", "spec", "volumes"]]?.array ?? []
        let items = volumes.first { $0["name"]?.string == "sds-secrets" }?[path: ["secret", "items"]]?.array ?? []
        return items.reduce(into: [:]) { paths, item in
            if let key = item["key"]?.string, let path = item["path"]?.string { paths[key] = path }
        }
    }
}
