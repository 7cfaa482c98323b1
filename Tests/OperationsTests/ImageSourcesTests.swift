import Foundation
import Release
import Testing

@testable import Operations

@Suite("Where an image's context comes from")
struct ImageSourcesTests {
    /// A checkout of small trees, copied from the sample so that it can be changed.
    private final class Checkout {
        let home = FileManager.default.temporaryDirectory.appending(path: "sds-images-\(UUID().uuidString)")
        var ops: URL { home.appending(path: "mozart/ops") }

        init() throws {
            try FileManager.default.createDirectory(
                at: ops.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: SmallSystem.root.appending(path: "Tests/sample/mozart/ops"), to: ops)
        }

        deinit {
            try? FileManager.default.removeItem(at: home)
        }

        func write(_ text: String, _ path: String) throws {
            let file = home.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }

        func sources() throws -> ImageSources {
            let share = try Share(program: "", environment: ["SDS_SHARE": SmallSystem.root.path])
            return ImageSources(
                share: share, ops: ops.path, verdi: home.appending(path: "verdi").path,
                checkout: try ImageCatalog(share: share).treeNames, leftOut: try Site.leftOut(share))
        }

        func members(_ name: String, bakes: Bool = false) throws -> [ContextMember] {
            try sources().members(of: try image(name), bakes: bakes)
        }

        func digest(_ name: String, bakes: Bool = false) throws -> String {
            try ContextPacker.pack(try members(name, bakes: bakes)).digest.hex
        }

        func image(_ name: String) throws -> ImageDeclaration {
            try ImageCatalog(share: try Share(program: "", environment: ["SDS_SHARE": SmallSystem.root.path]))
                .selection([name])[0]
        }
    }

    @Test func `two checkouts give one digest for every image`() throws {
        let (first, second) = (try Checkout(), try Checkout())
        for name in ["mozart", "grq2", "pele", "worker"] {
            #expect(try first.digest(name) == second.digest(name))
            #expect(try first.digest(name, bakes: true) == second.digest(name, bakes: true))
        }
    }

    @Test func `code changes no image, a dependency changes those that take its tree`() throws {
        let checkout = try Checkout()
        let names = ["mozart", "grq2", "pele", "worker"]
        let before = try names.map { try checkout.digest($0) }
        try checkout.write("print(1)\n", "mozart/ops/mozart/mozart/new.py")
        #expect(try names.map { try checkout.digest($0) } == before)
        #expect(try checkout.digest("mozart", bakes: true) != before[0])
        try checkout.write(
            "from setuptools import setup\nsetup(install_requires=['x'])\n", "mozart/ops/mozart/setup.py")
        let after = try names.map { try checkout.digest($0) }
        #expect(zip(before, after).map { $0 != $1 } == [true, false, false, false])
    }

    @Test func `the operator's own trees count for workers, HySDS's own copies there don't`() throws {
        let checkout = try Checkout()
        let before = try checkout.digest("worker")
        try checkout.write("x", "verdi/ops/hysds/setup.py")
        try checkout.write("x", "verdi/ops/data/readme")
        #expect(try checkout.digest("worker") == before)
        try checkout.write("rasterio>=1.3\n", "verdi/ops/my-pge/requirements.txt")
        #expect(try checkout.digest("worker") != before)
        let places = try checkout.members("worker").map(\.destination)
        #expect(places.contains("declarations/my-pge/requirements.txt"))
        #expect(!places.contains { $0.hasPrefix("declarations/data") })
    }

    @Test func `with --bake all that reaches the workers goes in, but rendered files`() throws {
        let checkout = try Checkout()
        try checkout.write("x", "verdi/ops/data/readme")
        try checkout.write("x", "verdi/ops/hysds/mine.py")
        try checkout.write("{}", "verdi/etc/own.json")
        let members = try checkout.members("worker", bakes: true).filter { $0.surveyedAs != nil }
        #expect(
            Set(members.map { "\($0.destination) \($0.surveyedAs ?? "")" })
                == Set(
                    ["osaka", "prov_es", "hysds_commons", "hysds", "sciflo", "chimera", "data"].map {
                        "trees/\($0) ops/\($0)"
                    }))
        #expect(
            members.allSatisfy {
                $0.source == .path("\(checkout.ops.path)/hysds") || !$0.destination.hasSuffix("/hysds")
            })
        try checkout.write("x", "verdi/ops/no label/setup.py")
        let error = #expect(throws: OperationError.self) { try checkout.members("worker") }
        #expect(error?.exitCode == 2 && error?.message.contains("no label") == true)
    }

    @Test func `a missing repository says which and where it was looked for`() throws {
        let checkout = try Checkout()
        try FileManager.default.removeItem(at: checkout.ops.appending(path: "prov_es"))
        let error = #expect(throws: OperationError.self) { try checkout.members("worker") }
        #expect(error?.exitCode == 2)
        #expect(error?.message == "worker: the repository 'prov_es' is missing: looked in \(checkout.ops.path)")
        #expect(error?.hint?.contains("--ops") == true)
    }

    @Test func `a tree that declares nothing is refused`() throws {
        let checkout = try Checkout()
        try FileManager.default.removeItem(at: checkout.ops.appending(path: "pele/setup.py"))
        let error = #expect(throws: OperationError.self) { try checkout.members("pele") }
        #expect(error?.message.contains("declares no packages") == true)
    }

    @Test func `arguments and platform are part of the name`() throws {
        let digest = Digest(of: "x".utf8)
        let tags = [
            PackedContext.tag(digest, [:], platform: nil), PackedContext.tag(digest, ["A": "1"], platform: nil),
            PackedContext.tag(digest, ["A": "2"], platform: nil),
            PackedContext.tag(digest, [:], platform: "linux/arm64"),
        ]
        #expect(Set(tags).count == 4)
        #expect(tags[0] == digest.short)
    }

    @Test func `a context is small without the code`() throws {
        let facts = try ContextPacker.pack(try Checkout().members("worker"))
        #expect(facts.bytes < 1 << 20)
    }

    @Test func `what fails leaves no file behind, and a device is written, never replaced`() throws {
        let checkout = try Checkout()
        let file = checkout.home.appending(path: "c.tar").path
        try checkout.write("x", "mozart/ops/mozart/.netrc")
        #expect(throws: OperationError.self) {
            try PackedContext.pack(try checkout.image("mozart"), from: try checkout.sources(), bakes: true, to: file)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkout.home.path) == ["mozart"])
        _ = try PackedContext.pack(
            try checkout.image("mozart"), from: try checkout.sources(), bakes: false, to: "/dev/null")
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }
}
