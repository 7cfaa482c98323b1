import Foundation
import HySDS
import Testing

@testable import Operations

/// Files that Python's own tarfile made, as sdscli's are.
@Suite("Package files")
struct PackageArchiveTests {
    private static let script = SmallSystem.root.appending(path: "Tests/stand-ins/packages.py").path

    private func make(_ words: String...) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-packages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.script, words[0], folder.path] + words.dropFirst()
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return folder
    }

    @Test("are read with sizes and digests, and once more file by file")
    func good() async throws {
        let folder = try make("good", "hello:v1", "3000000")
        defer { try? FileManager.default.removeItem(at: folder) }
        let archive = try PackageArchive.read(folder.appending(path: "container-hello-v1.sdspkg.tar").path)
        #expect(archive.manifest.id == "container-hello:v1")
        #expect(
            archive.files.mapValues(\.size) == [
                "hello-v1.tar.gz": 3_000_000, "hello-v1-arm.tar.gz": 1000, "dependency-1.tar.gz": 10,
            ])
        #expect(
            archive.files["dependency-1.tar.gz"]?.sha256
                == "f26350dafe3f19aabfd69ac463fb5daf76015c9a2763e76e2ad32fc0fcfedf31")
        var seen: [String: Int] = [:]
        try await archive.read(["hello-v1.tar.gz", "dependency-1.tar.gz"]) { file, next in
            while true {
                let bytes = try next(1 << 20)
                if bytes.isEmpty { return }
                seen[file.name, default: 0] += bytes.count
            }
        }
        #expect(seen == ["hello-v1.tar.gz": 3_000_000, "dependency-1.tar.gz": 10])
    }

    @Test("that are hostile or broken are refused, with the member or key named where there is one")
    func hostile() throws {
        let folder = try make("hostile")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count == 21)
        let told = [
            "absolute": "'/tmp/sds-evil'", "traversal": "'p.sdspkg/../../sds-evil'",
            "symlink": "'p.sdspkg/x.tar.gz': a link",
            "hardlink": "a link", "device": "neither", "fifo": "neither", "duplicate": "twice", "nested": "FOLDER/FILE",
            "outside": "'other/x.tar.gz'", "manifest-twice": "twice", "no-manifest": "manifest.json",
            "image-elsewhere": "containers.url", "foreign-spec": "job_specs[0].container", "cut-in-data": "Truncated",
        ]
        for name in names where name != "missing-image.tar" {
            do {
                _ = try PackageArchive.read(folder.appending(path: name).path)
                Issue.record("\(name) was taken")
            } catch {
                let error = OperationError(error)
                #expect(error.exitCode == 2, "\(name): \(error)")
                if let text = told[String(name.dropLast(4))] { #expect("\(error)".contains(text), "\(name): \(error)") }
            }
        }
    }
}
