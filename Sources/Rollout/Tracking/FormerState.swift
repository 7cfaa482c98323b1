import Kubernetes

/// What was already over when a wait began, and so says nothing about it.
struct FormerState: Sendable {
    /// Names of the pods there were: their restarts until then don't count.
    let pods: Set<String>
    private let endedPods: Set<ObjectKey>
    /// Warnings about workloads, which outlive their reason for an hour; a repeated one has a new resourceVersion.
    private let warnings: [ObjectKey: String]

    init(_ view: ClusterView) {
        let all = view.objects.values
        pods = Set(all.filter { $0.kind == "Pod" }.map(\.name))
        endedPods = Set(
            all.filter { $0.kind == "Pod" && $0[path: ["status", "phase"]]?.string == "Failed" }.map(\.key))
        var warnings: [ObjectKey: String] = [:]
        for event in all where event.kind == "Event" && event[path: ["involvedObject", "kind"]]?.string != "Pod" {
            warnings[event.key] = event.resourceVersion
        }
        self.warnings = warnings
    }

    func removed(from view: ClusterView) -> ClusterView {
        var view = view
        for key in endedPods { view.remove(key) }
        for (key, version) in warnings where view[key]?.resourceVersion == version { view.remove(key) }
        return view
    }
}
