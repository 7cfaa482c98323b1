internal import HySDS
internal import Kubernetes

/// `pkg ls`: the packages that mozart knows.
package struct PackageList: Sendable, Encodable {
    package struct Entry: Sendable, Encodable, Equatable {
        package var id: String
        package var version: String?
        /// Where its images are; none for a container of a registry.
        package var images: [String]
    }

    package var apiVersion = "sds/v1"
    package var kind = "Packages"
    /// In the order of their ids.
    package var packages: [Entry]

    package static func load(_ session: Session) async throws -> PackageList {
        try await session.withAccess { access in
            var packages: [Entry] = []
            try await SearchStore(access, PackageIndex.store).scan(PackageIndex.containers) { hits in
                packages += hits.map { hit in
                    let images = PackageManifest(container: hit.source).images.map(\.address)
                    return Entry(
                        id: hit.id, version: hit.source["version"]?.string,
                        images: images.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
                }
            }
            return PackageList(packages: packages.sorted { $0.id < $1.id })
        }
    }
}
