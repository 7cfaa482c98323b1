/// The order that `start-after` gives: a workload's depth is greater than that of everything it waits for.
enum StartOrder {
    /// Members of a cycle get the depth at which the search met them; `cycle` finds those first.
    static func depths(of workloads: [Workload]) -> [String: Int] {
        let byName = Dictionary(workloads.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var depths: [String: Int] = [:]
        func depth(_ name: String, _ path: Set<String>) -> Int {
            if let known = depths[name] { return known }
            guard let workload = byName[name], !path.contains(name) else { return -1 }
            let depth = (workload.startAfter.map { depth($0, path.union([name])) }.max() ?? -1) + 1
            depths[name] = depth
            return depth
        }
        for workload in workloads { _ = depth(workload.name, []) }
        return depths
    }

    /// The names of one cycle in order, the first repeated at the end; nil without cycles.
    static func cycle(in workloads: [Workload]) -> [String]? {
        let byName = Dictionary(workloads.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var finished: Set<String> = []
        func search(_ name: String, _ path: [String]) -> [String]? {
            if let start = path.firstIndex(of: name) { return path[start...] + [name] }
            guard !finished.contains(name), let workload = byName[name] else { return nil }
            for next in workload.startAfter {
                if let cycle = search(next, path + [name]) { return cycle }
            }
            finished.insert(name)
            return nil
        }
        for workload in workloads {
            if let cycle = search(workload.name, []) { return cycle }
        }
        return nil
    }
}
