import Archive
import Foundation
import Testing

@testable import Operations

@Suite("What is in a built image")
struct ImageContentsTests {
    private static let status = """
        Package: libc6
        Status: install ok installed
        Architecture: amd64
        Version: 2.36-9+deb12u10
        Description: GNU C Library
         more: of it

        Package: gone
        Status: deinstall ok config-files
        Version: 1

        """

    private static func layer(_ files: [(String, String)]) throws -> [UInt8] {
        let writer = try ArchiveWriter(limit: 1 << 24)
        for (path, text) in files {
            try writer.write(ArchiveEntry(path: path, kind: .file, mode: 0o644), contents: Array(text.utf8))
        }
        return try writer.close()
    }

    /// An archive in a file; removed by whoever looks at it.
    private static func archive(_ members: [(String, [UInt8])]) throws -> String {
        let writer = try ArchiveWriter(limit: 1 << 24)
        for (path, bytes) in members {
            try writer.write(ArchiveEntry(path: path, kind: .file, mode: 0o644), contents: bytes)
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "sds-image-\(UUID().uuidString).tar")
        try Data(try writer.close()).write(to: file)
        return file.path
    }

    private static let layers = Result {
        [
            try layer([("var/lib/dpkg/status", status), ("usr/lib/a/b/c.so", String(repeating: "x", count: 5000))]),
            try layer([
                ("opt/venv/lib/python3.12/site-packages/flask/app.py", String(repeating: "y", count: 7000)),
                (
                    "opt/venv/lib/python3.12/site-packages/Flask-2.2.5.dist-info/METADATA",
                    "Metadata-Version: 2.1\nName: Flask\nVersion: 2.2.5\nLicense: BSD-3-Clause\n\nName: not this\n"
                ),
            ]),
        ]
    }

    private static func check(_ contents: ImageContents) {
        #expect(contents.architecture == "arm64")
        #expect(contents.layers.map(\.files) == [2, 2])
        #expect(contents.parts["python: flask"] == 7000)
        #expect(contents.parts["/usr/lib/a"] == 5000)
        #expect(
            contents.packages.map(\.packageURL) == [
                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64", "pkg:pypi/flask@2.2.5",
            ])
        #expect(contents.size == contents.parts.values.reduce(0, +))
    }

    @Test func `an OCI archive is read in the order of its manifest, wherever its blobs stand`() throws {
        let layers = try Self.layers.get()
        let manifest = """
            {"config":{"digest":"sha256:c"},"layers":[{"digest":"sha256:l0"},{"digest":"sha256:l1"}]}
            """
        let file = try Self.archive([
            ("blobs/sha256/l1", layers[1]), ("blobs/sha256/l0", layers[0]),
            ("blobs/sha256/c", Array(#"{"architecture":"arm64"}"#.utf8)), ("blobs/sha256/m", Array(manifest.utf8)),
            ("index.json", Array(#"{"manifests":[{"digest":"sha256:m"}]}"#.utf8)),
        ])
        defer { try? FileManager.default.removeItem(atPath: file) }
        let contents = try ImageContents(archive: file)
        #expect(contents.digest == "sha256:m")
        #expect(contents.layers.map(\.digest) == ["sha256:l0", "sha256:l1"])
        #expect(contents.layers.map(\.storedSize) == layers.map(\.count))
        Self.check(contents)
    }

    @Test func `docker's old form is read too`() throws {
        let layers = try Self.layers.get()
        let file = try Self.archive([
            ("manifest.json", Array(#"[{"Config":"c.json","Layers":["0/layer.tar","1/layer.tar"]}]"#.utf8)),
            ("c.json", Array(#"{"architecture":"arm64"}"#.utf8)), ("0/layer.tar", layers[0]),
            ("1/layer.tar", layers[1]),
        ])
        defer { try? FileManager.default.removeItem(atPath: file) }
        let contents = try ImageContents(archive: file)
        #expect(contents.digest == nil)
        Self.check(contents)
    }

    @Test func `a layer that equals another is a link in docker's form`() throws {
        let layer = try Self.layers.get()[1]
        let writer = try ArchiveWriter(limit: 1 << 24)
        let manifest = #"[{"Config":"c.json","Layers":["0/layer.tar","1/layer.tar"]}]"#
        try writer.write(ArchiveEntry(path: "0/layer.tar", kind: .file, mode: 0o644), contents: layer)
        try writer.write(ArchiveEntry(path: "1/layer.tar", kind: .link(target: "../0/layer.tar"), mode: 0o777))
        try writer.write(
            ArchiveEntry(path: "manifest.json", kind: .file, mode: 0o644), contents: Array(manifest.utf8))
        let file = FileManager.default.temporaryDirectory.appending(path: "sds-image-\(UUID().uuidString).tar")
        try Data(try writer.close()).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let contents = try ImageContents(archive: file.path)
        #expect(contents.layers.map(\.files) == [2, 2])
        #expect(contents.packages.map(\.name) == ["Flask"])
    }

    @Test func `another archive, and one whose layer is missing, are errors`() throws {
        for members in [
            [("x", Array("y".utf8))],
            [("manifest.json", Array(#"[{"Config":"c","Layers":["0/layer.tar"]}]"#.utf8))],
        ] {
            let file = try Self.archive(members)
            defer { try? FileManager.default.removeItem(atPath: file) }
            #expect(throws: OperationError.self) { try ImageContents(archive: file) }
        }
    }

    @Test func `the bill of materials lists what is installed, byte for byte the same each time`() throws {
        let packages = InstalledPackage.debian(status: Array(Self.status.utf8))
        let bill = BillOfMaterials(image: "hysds/pele", version: "1", digest: "sha256:m", packages: packages)
        let text = String(decoding: try bill.json(), as: UTF8.self)
        #expect(text.contains(#""bomFormat" : "CycloneDX""#))
        #expect(text.contains(#""purl" : "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64""#))
        #expect(text.contains(#""purl" : "pkg:oci/pele@sha256%3Am""#))
        #expect(!text.contains("gone"))
        #expect(try bill.json() == bill.json())
    }

    @Test func `the build before is compared by part`() throws {
        func report(_ tag: String, _ parts: [String: Int]) -> ImageReport {
            var report = ImageReport(image: "i", tag: tag, context: "c", contextBytes: 1, contextFiles: 1)
            report.contents = .init(
                digest: nil, architecture: "", size: parts.values.reduce(0, +), stored: 0, layers: [], largest: [],
                parts: parts, packages: 0, billOfMaterials: "")
            return report
        }
        let old = report("1", ["a": 200_000, "b": 300_000, "c": 1])
        let new = report("2", ["a": 900_000, "c": 1, "d": 100_000])
        let previous = ImageReport.Previous(old, comparedTo: try #require(new.contents), tag: "2")
        #expect(previous?.tag == "1")
        #expect(previous?.size == 500_001)
        #expect(previous?.changes.map(\.name) == ["a", "b", "d"])
        #expect(previous?.changes.map(\.size) == [700_000, -300_000, 100_000])
        #expect(ImageReport.Previous(nil, comparedTo: try #require(new.contents), tag: "2") == nil)
    }
}
