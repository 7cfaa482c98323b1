import Foundation
import Testing

@testable import Operations

@Suite("What images are made of")
struct ImageDeclarationTests {
    private static let share = Result { try Share(program: "", environment: ["SDS_SHARE": SmallSystem.root.path]) }

    private func declaration(_ text: String) throws -> ImageDeclaration {
        try ImageDeclaration("x", parsing: Array(text.utf8), file: "images/x/image.yaml")
    }

    @Test func `every image that k8s names and we make is declared, and all its files are there`() throws {
        let share = try Self.share.get()
        let catalog = try ImageCatalog(share: share)
        #expect(
            try catalog.selection(["all"]).map(\.name) == ["hysds/grq2", "hysds/mozart", "hysds/pele", "hysds/worker"])
        for image in catalog.images {
            for (place, source) in image.context {
                #expect(
                    FileManager.default.fileExists(atPath: "\(share.path)/\(source)"),
                    "\(image.short): \(place) ← \(source)")
            }
        }
    }

    @Test func `the web interface is refused with the way to bring one`() throws {
        let error = #expect(throws: OperationError.self) {
            try ImageCatalog(share: try Self.share.get()).selection(["hysds_ui"])
        }
        #expect(error?.exitCode == 1)
        #expect(error?.message.contains("npm") == true)
        #expect(error?.hint?.contains("hysds/hysds-ui: registry.example.org/") == true)
    }

    @Test func `an unknown image lists those that there are`() throws {
        let error = #expect(throws: OperationError.self) {
            try ImageCatalog(share: try Self.share.get()).selection(["mozrt"])
        }
        #expect(error?.exitCode == 2)
        #expect(error?.hint?.contains("mozart, pele") == true)
    }

    @Test func `the operator's settings add trees, arguments and harmless files`() throws {
        let text = "worker: {trees: {my-pge: [setup.py]}, build-args: {PACKAGES: gdal-bin}, harmless: [test/a.key]}"
        let catalog = try ImageCatalog(share: try Self.share.get(), settings: Array(text.utf8))
        let worker = try catalog.selection(["hysds/worker"])[0]
        #expect(worker.trees["my-pge"] == ["setup.py"])
        #expect(worker.trees["hysds"] != nil)
        #expect(worker.buildArguments == ["PACKAGES": "gdal-bin"])
        #expect(worker.harmless == ["test/a.key"])
    }

    @Test(arguments: [
        ("name: a\ncontext: {Containerfile: c}\nfiles: []", "unknown key `files`"),
        ("context: {Containerfile: c}", "name: expected"), ("name: a", "expected a Containerfile"),
        ("name: a\ncontext: [x]", "context: expected NAME: TEXT"), ("[]", "expected `name:`"), ("a: [", "image.yaml"),
        ("name: a\ncontext: {Containerfile: c}\ntrees: {hysds: setup.py}", "trees.hysds: expected a list of paths"),
    ])
    func `a wrong declaration names file, key and what was expected`(text: String, message: String) {
        let error = #expect(throws: OperationError.self) { try declaration(text) }
        #expect(error?.exitCode == 2)
        #expect(error?.message.contains("images/x/image.yaml") == true)
        #expect(error?.message.contains(message) == true)
    }

    @Test func `settings for an image that nobody declares are refused`() throws {
        let error = #expect(throws: OperationError.self) {
            try ImageCatalog(share: try Self.share.get(), settings: Array("wroker: {}".utf8))
        }
        #expect(error?.message.contains("images.yaml: no image 'wroker'") == true)
    }
}
