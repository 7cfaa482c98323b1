internal import HySDS
internal import Kubernetes

/// The documents of packages in mozart's Elasticsearch.
struct PackageDocuments: Sendable {
    let store: SearchStore

    init(_ access: Access) {
        store = SearchStore(access, PackageIndex.store)
    }

    /// - Throws: `OperationError` when there is none of that id.
    func container(_ id: String) async throws -> SearchStore.Hit {
        if let found = try await store.document(id, in: PackageIndex.containers) { return found }
        throw OperationError(.failed, "there is no package '\(id)'", hint: "'sds pkg ls' prints the ids of all")
    }

    func jobSpecs(of container: String) async throws -> [SearchStore.Hit] {
        try await matching([container], "container", in: PackageIndex.jobSpecs)
    }

    /// mozart's first, then grq's.
    func hysdsIOs(of specs: [String]) async throws -> [SearchStore.Hit] {
        var found: [SearchStore.Hit] = []
        guard !specs.isEmpty else { return found }
        for index in PackageIndex.hysdsIOs { found += try await matching(specs, "job-specification", in: index) }
        return found
    }

    /// Where the field is analysed and has no `keyword` beside it, as in old indices, only a phrase finds it.
    private func matching(_ values: [String], _ field: String, in index: String) async throws -> [SearchStore.Hit] {
        let wanted = Set(values)
        func isMeant(_ hit: SearchStore.Hit) -> Bool { hit.source[field]?.string.map(wanted.contains) ?? false }
        let exact: JSONValue = ["terms": .object(["\(field).keyword": .array(values.map(JSONValue.string))])]
        var hits = try await store.all(index, query: exact).filter(isMeant)
        if hits.isEmpty {
            let phrases = values.map { value in
                "\(field):\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
            }
            let loose: JSONValue = ["query_string": ["query": .string(phrases.joined(separator: " OR "))]]
            hits = try await store.all(index, query: loose).filter(isMeant)
        }
        return hits.sorted { $0.id < $1.id }
    }

    /// Every address of an image that some document holds, and the documents that hold it.
    func users() async throws -> [String: Set<String>] {
        var users: [String: Set<String>] = [:]
        func take(_ hits: [SearchStore.Hit], _ manifest: (JSONValue) -> PackageManifest) {
            for hit in hits {
                for image in manifest(hit.source).images {
                    users[image.address, default: []].insert("\(hit.index)/\(hit.id)")
                }
            }
        }
        try await store.scan(PackageIndex.containers) { take($0) { PackageManifest(container: $0) } }
        try await store.scan(PackageIndex.jobSpecs) { take($0) { PackageManifest(container: [:], jobSpecs: [$0]) } }
        return users
    }
}
