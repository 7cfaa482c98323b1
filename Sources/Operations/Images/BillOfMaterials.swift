internal import FoundationEssentials

/// What an image consists of, as CycloneDX 1.5 says it in JSON. Equal images give equal bytes: it names no time.
struct BillOfMaterials: Encodable, Equatable {
    struct Component: Encodable, Equatable {
        struct License: Encodable, Equatable {
            struct Name: Encodable, Equatable {
                var name: String
            }
            var license: Name
        }

        var type: String
        var name: String
        var version: String
        var purl: String?
        var licenses: [License]?
        var bomRef: String

        private enum CodingKeys: String, CodingKey {
            case type, name, version, purl, licenses
            case bomRef = "bom-ref"
        }
    }

    struct Metadata: Encodable, Equatable {
        var component: Component
    }

    var bomFormat = "CycloneDX"
    var specVersion = "1.5"
    var version = 1
    var metadata: Metadata
    var components: [Component]

    /// - Parameters:
    ///   - image: its name in `k8s/`.
    ///   - digest: the manifest's.
    init(image: String, version: String, digest: String?, packages: [InstalledPackage]) {
        let short = image.split(separator: "/").last.map(String.init) ?? image
        let purl = digest.map { "pkg:oci/\(short)@\($0.replacing(":", with: "%3A"))" }
        metadata = Metadata(
            component: Component(
                type: "container", name: image, version: version, purl: purl, licenses: nil, bomRef: purl ?? image))
        components = packages.map { package in
            Component(
                type: "library", name: package.name, version: package.version, purl: package.packageURL,
                licenses: package.license.map { [.init(license: .init(name: $0))] }, bomRef: package.packageURL)
        }
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
