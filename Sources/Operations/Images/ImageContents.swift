internal import Archive
internal import FoundationEssentials
internal import Glibc
internal import Kubernetes

/// What is really in a built image, read from its archive (OCI's form, or that of `docker save`) as it stands on disk.
struct ImageContents: Sendable, Equatable {
    struct Layer: Sendable, Equatable {
        var digest: String
        /// Bytes in the archive, compressed or not.
        var storedSize: Int
        /// Bytes of its files.
        var size = 0
        var files = 0
    }

    /// The manifest's digest, by which a registry or containerd names the image; nil in docker's old form.
    var digest: String?
    var layers: [Layer] = []
    /// Bytes by package or folder.
    var parts: [String: Int] = [:]
    var packages: [InstalledPackage] = []
    var architecture = ""

    private static let largestText = 16 << 20

    /// - Throws: `OperationError` when it isn't an image's archive.
    init(archive file: String) throws {
        let (texts, links) = try ImageContents.texts(of: file)
        let order = try ImageContents.layers(texts, links, file)
        digest = order.digest
        architecture = order.architecture
        var found: [String: (Layer, parts: [String: Int], packages: [InstalledPackage])] = [:]
        try ImageContents.visit(file) { member, reader in
            let path = member.path
            guard member.kind == .file, let digest = order.layers[path] else { return }
            var layer = Layer(digest: digest, storedSize: 0)
            var parts: [String: Int] = [:]
            var packages: [InstalledPackage] = []
            let inner = try ArchiveStreamReader { buffer throws(ArchiveError) in
                let count = try reader.read(into: buffer)
                layer.storedSize += count
                return count
            }
            while let member = try inner.next() {
                guard member.kind == .file else { continue }
                layer.files += 1
                layer.size += member.size
                parts[ImageContents.part(of: member.path), default: 0] += member.size
                if member.path == "var/lib/dpkg/status" {
                    packages += InstalledPackage.debian(status: try inner.contents(limit: ImageContents.largestText))
                } else if member.path.hasSuffix(".dist-info/METADATA") {
                    let text = try inner.contents(limit: ImageContents.largestText)
                    if let package = InstalledPackage(pythonMetadata: text) { packages.append(package) }
                }
            }
            found[path] = (layer, parts, packages)
        }
        for path in order.paths {
            guard let (layer, parts, packages) = found[path] else {
                throw OperationError(.failed, "\(file): the image's layer \(path) is missing")
            }
            layers.append(layer)
            self.parts.merge(parts, uniquingKeysWith: +)
            // A later layer's list of Debian's packages replaces the one before.
            if packages.contains(where: { $0.kind == .debian }) { self.packages.removeAll { $0.kind == .debian } }
            self.packages += packages
        }
        self.packages = Set(self.packages).sorted()
    }

    var size: Int { layers.map(\.size).reduce(0, +) }
    var storedSize: Int { layers.map(\.storedSize).reduce(0, +) }

    /// A package of Python by its folder, everything else by its first folders.
    static func part(of path: String) -> String {
        let parts = path.split(separator: "/")
        if let index = parts.lastIndex(where: { $0 == "site-packages" || $0 == "dist-packages" }),
            index + 1 < parts.count
        {
            return "python: " + (parts[index + 1].split(separator: "-").first.map(String.init) ?? "")
        }
        return "/" + parts.dropLast().prefix(3).joined(separator: "/")
    }

    // MARK: - The archive

    private static func visit(
        _ file: String, _ body: (ArchiveStreamReader.Member, ArchiveStreamReader) throws -> Void
    ) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw OperationError(.failed, "cannot read \(file): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let reader = try ArchiveStreamReader { buffer throws(ArchiveError) in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw ArchiveError(entry: file, message: String(cString: strerror(errno))) }
            return count
        }
        while let member = try reader.next() {
            try body(member, reader)
        }
    }

    /// The archive's JSON files, by path, and its links: `docker save` writes one for a layer that equals another.
    private static func texts(of file: String) throws -> (texts: [String: JSONValue], links: [String: String]) {
        var texts: [String: JSONValue] = [:]
        var links: [String: String] = [:]
        try visit(file) { member, reader in
            if let target = member.target {
                let above = member.path.split(separator: "/").dropLast()
                let parts = target.split(separator: "/").reduce(into: Array(above)) { parts, part in
                    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
                }
                links[member.path] = parts.joined(separator: "/")
            }
            // Layers are passed over.
            guard member.kind == .file, let text = try reader.text(limit: 4 << 20),
                let value = try? JSONValue(parsing: text)
            else { return }
            texts[member.path] = value
        }
        return (texts, links)
    }

    private struct Order {
        var digest: String?
        var architecture = ""
        /// In the image's order.
        var paths: [String] = []
        /// Digest by path.
        var layers: [String: String] = [:]
    }

    private static func layers(
        _ texts: [String: JSONValue], _ links: [String: String], _ file: String
    ) throws -> Order {
        func path(_ digest: String) -> String { "blobs/" + digest.replacing(":", with: "/") }
        var order = Order()
        if let index = texts["index.json"], let first = index["manifests"]?.array?.first?["digest"]?.string,
            let manifest = texts[path(first)]
        {
            order.digest = first
            let config = manifest["config"]?["digest"]?.string ?? ""
            order.architecture = texts[path(config)]?["architecture"]?.string ?? ""
            for layer in manifest["layers"]?.array ?? [] {
                guard let digest = layer["digest"]?.string else { continue }
                order.paths.append(path(digest))
                order.layers[path(digest)] = digest
            }
        } else if let manifest = texts["manifest.json"]?.array?.first {
            order.architecture = texts[manifest["Config"]?.string ?? ""]?["architecture"]?.string ?? ""
            for layer in (manifest["Layers"]?.array ?? []).compactMap(\.string).map({ links[$0] ?? $0 }) {
                order.paths.append(layer)
                order.layers[layer] = layer
            }
        }
        guard !order.paths.isEmpty else { throw OperationError(.failed, "\(file) is no image's archive") }
        return order
    }
}

extension ArchiveStreamReader {
    /// The current member's content when it begins as JSON does and takes at most `limit` bytes.
    fileprivate func text(limit: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = try read(into: block)
            if count == 0 { return bytes.isEmpty ? nil : bytes }
            if bytes.isEmpty, block[0] != UInt8(ascii: "{"), block[0] != UInt8(ascii: "[") { return nil }
            guard bytes.count + count <= limit else { return nil }
            bytes += UnsafeRawBufferPointer(rebasing: block[..<count])
        }
    }
}
