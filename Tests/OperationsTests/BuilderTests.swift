import Foundation
import Testing

@testable import Operations

@Suite("Builders' command lines")
struct BuilderTests {
    private func path(_ programs: String...) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-path-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for program in programs {
            try Data().write(to: folder.appending(path: program))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.appending(path: program).path)
        }
        return folder.path
    }

    @Test func `the first that is there is taken, in a fixed order`() throws {
        #expect(try Builder(nil, path: try path("docker", "podman")).kind == .podman)
        #expect(try Builder(nil, path: try path("docker", "podman", "buildah")).kind == .buildah)
        let error = #expect(throws: OperationError.self) { try Builder(nil, path: try path()) }
        #expect(error?.exitCode == 2)
        #expect(error?.hint?.contains("--context-only") == true)
    }

    @Test func `a named one keeps its own options`() throws {
        let folder = try path("buildah")
        let builder = try Builder("buildah --root /var/i", path: folder)
        #expect(builder.build(.init(tag: "t")).prefix(4) == ["\(folder)/buildah", "--root", "/var/i", "build"])
        #expect(throws: OperationError.self) { try Builder("kaniko", path: try path("kaniko")) }
        #expect(throws: OperationError.self) { try Builder("podman", path: try path()) }
    }

    @Test(arguments: Builder.Kind.allCases)
    func `secrets are files, arguments sorted, the context comes by standard input`(kind: Builder.Kind) throws {
        let builder = try Builder(kind.rawValue, path: try path(kind.rawValue))
        let words = builder.build(
            .init(
                tag: "localhost/hysds/pele:1", arguments: ["B": "2", "A": "1"], labels: ["l": "v"],
                secrets: ["pip.conf": "/p"], platform: "linux/arm64", usesCache: false))
        let line = words.joined(separator: " ")
        #expect(line.contains("--build-arg A=1 --build-arg B=2"))
        #expect(line.contains("--secret id=pip.conf,src=/p"))
        #expect(line.contains("--platform linux/arm64"))
        #expect(line.contains("--no-cache"))
        #expect(line.hasSuffix("--tag localhost/hysds/pele:1 --file Containerfile -"))
        // Equal contexts give equal images: no time of the build gets in.
        #expect(line.contains(kind == .docker ? "SOURCE_DATE_EPOCH=0" : "--timestamp 0"))
    }

    @Test func `docker is told which variables name proxies, not what they say`() throws {
        let environment = ["HTTPS_PROXY": "http://me:word@proxy", "no_proxy": "x", "PATH": "/bin"]
        let builder = try Builder("docker", path: try path("docker"))
        let words = builder.build(.init(tag: "t", variables: Builder.proxies(in: environment)))
        #expect(words.contains("HTTPS_PROXY") && words.contains("no_proxy") && !words.contains { $0.contains("word") })
        let podman = try Builder("podman", path: try path("podman"))
        #expect(!podman.build(.init(tag: "t", variables: ["HTTPS_PROXY"])).contains("HTTPS_PROXY"))
    }

    @Test(arguments: [
        ("r/n@sha256:" + String(repeating: "a", count: 64), true), ("r/n:1", false), ("r/n@sha256:abc", false),
        ("", false), ("r/n@sha256:" + String(repeating: "G", count: 64), false),
    ])
    func `a load command has to print the digest`(text: String, isTaken: Bool) {
        #expect(ImageJob.namesDigest(text) == isTaken)
    }
}
