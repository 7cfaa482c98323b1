/// What became of one image: how it was built, where it is, and what takes its space.
package struct ImageReport: Codable, Sendable, Equatable {
    package struct Layer: Codable, Sendable, Equatable {
        package var digest: String
        /// Bytes in the archive.
        package var stored: Int
        /// Bytes of its files.
        package var size: Int
        package var files: Int
    }

    package struct Part: Codable, Sendable, Equatable {
        package var name: String
        package var size: Int
    }

    /// What is in the image, from its archive.
    package struct Contents: Codable, Sendable, Equatable {
        /// The manifest's digest where it was built; nil for docker's old form.
        package var digest: String?
        package var architecture: String
        package var size: Int
        package var stored: Int
        package var layers: [Layer]
        /// The ten that take most, largest first.
        package var largest: [Part]
        /// Everything that takes more than 100 kB, for the next comparison.
        package var parts: [String: Int]
        package var packages: Int
        /// The file with its bill of materials.
        package var billOfMaterials: String
    }

    /// The build before, of other contents.
    package struct Previous: Codable, Sendable, Equatable {
        package var tag: String
        package var size: Int
        /// The parts that grew or shrank most, in bytes.
        package var changes: [Part]
    }

    package var image: String
    package var tag: String
    /// By which pods name it; nil while no node can get it.
    package var reference: String?
    package var context: String
    package var contextBytes: Int
    package var contextFiles: Int
    /// False when the image was there already.
    package var isBuilt = false
    package var isRecorded = false
    package var seconds = 0.0
    /// The builder's command line up to its verb; nil when none was needed.
    package var builder: String?
    /// Nil when somebody else built it and this machine hasn't got it.
    package var contents: Contents?
    package var previous: Previous?
}

extension ImageReport.Contents {
    init(_ contents: ImageContents, billOfMaterials: String) {
        digest = contents.digest
        architecture = contents.architecture
        size = contents.size
        stored = contents.storedSize
        layers = contents.layers.map { .init(digest: $0.digest, stored: $0.storedSize, size: $0.size, files: $0.files) }
        largest = contents.parts.map { .init(name: $0.key, size: $0.value) }
            .sorted { ($1.size, $0.name) < ($0.size, $1.name) }.prefix(10).map(\.self)
        parts = contents.parts.filter { $0.value > 100_000 }
        packages = contents.packages.count
        self.billOfMaterials = billOfMaterials
    }
}

extension ImageReport.Previous {
    /// Nil when there was no build before, or the same.
    init?(_ former: ImageReport?, comparedTo contents: ImageReport.Contents, tag: String) {
        guard let former else { return nil }
        guard former.tag != tag, let old = former.contents else {
            guard let previous = former.previous else { return nil }
            self = previous
            return
        }
        self.tag = former.tag
        size = old.size
        changes = Set(contents.parts.keys).union(old.parts.keys)
            .map { .init(name: $0, size: (contents.parts[$0] ?? 0) - (old.parts[$0] ?? 0)) }
            .filter { $0.size != 0 }
            .sorted { (abs($1.size), $0.name) < (abs($0.size), $1.name) }
            .prefix(10).map(\.self)
    }
}
