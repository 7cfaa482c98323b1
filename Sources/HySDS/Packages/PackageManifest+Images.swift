internal import Kubernetes

extension PackageManifest {
    /// A place in a manifest where an image's file name or address stands.
    package struct Image: Hashable, Sendable {
        package var address: String
        /// Of a job specification's dependency: `-D` leaves those out.
        package var dependency: String?
        /// `containers.url`, for messages.
        package var place: String

        package var name: String { String(address.split(separator: "/").last ?? "") }
        package var isAddress: Bool { address.contains("://") }
    }

    /// Every image, in the order of the documents; the same file may stand in several places.
    package var images: [Image] {
        var images: [Image] = []
        _ = mappingImages { image in
            images.append(image)
            return image.address
        }
        return images
    }

    /// The manifest with other file names or addresses in every place.
    package func mappingImages<Failure>(_ change: (Image) throws(Failure) -> String) throws(Failure) -> PackageManifest
    {
        var manifest = self
        manifest.container = try Self.mapping(container, "url", "urls", "containers", nil, change)
        manifest.jobSpecs = []
        for (number, spec) in jobSpecs.enumerated() {
            var spec = spec
            if let dependencies = spec["dependency_images"]?.array {
                var mapped: [JSONValue] = []
                for (index, dependency) in dependencies.enumerated() {
                    mapped.append(
                        try Self.mapping(
                            dependency, "container_image_url", "container_image_urls",
                            "job_specs[\(number)].dependency_images[\(index)]",
                            dependency["container_image_name"]?.string ?? "", change))
                }
                spec["dependency_images"] = .array(mapped)
            }
            manifest.jobSpecs.append(spec)
        }
        return manifest
    }

    private static func mapping<Failure>(
        _ document: JSONValue, _ single: String, _ several: String, _ place: String, _ dependency: String?,
        _ change: (Image) throws(Failure) -> String
    ) throws(Failure) -> JSONValue {
        var document = document
        if let all = architectures(document[several]) {
            var changed: [String: String] = [:]
            for (name, address) in all.sorted(by: { $0.key < $1.key }) {
                changed[name] = try change(
                    Image(address: address, dependency: dependency, place: "\(place).\(several).\(name)"))
            }
            document[several] = .string(text(changed))
        }
        if let address = document[single]?.string, !address.isEmpty {
            document[single] = .string(
                try change(Image(address: address, dependency: dependency, place: "\(place).\(single)")))
        }
        return document
    }

    /// `{"x86_64": "…"}` in a text, which is how a document holds it; nil for none.
    static func architectures(_ value: JSONValue?) -> [String: String]? {
        guard let text = value?.string, !text.isEmpty, let members = (try? JSONValue(parsing: text.utf8))?.object,
            members.values.allSatisfy({ $0.string != nil })
        else { return nil }
        return members.compactMapValues(\.string)
    }

    /// As Python's `json.dumps` spaces it.
    private static func text(_ addresses: [String: String]) -> String {
        let members = addresses.sorted { $0.key < $1.key }.map { key, value in
            [JSONValue.string(key), .string(value)].map { String(decoding: $0.serialized(), as: UTF8.self) }
                .joined(separator: ": ")
        }
        return "{\(members.joined(separator: ", "))}"
    }
}
