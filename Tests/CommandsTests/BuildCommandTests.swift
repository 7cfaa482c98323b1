import ArgumentParser
import Testing

@testable import Commands
@testable import Operations

@Suite("The command line of build")
struct BuildCommandTests {
    private func parse(_ line: String) throws -> BuildCommand {
        let words = try CommandLineRewriting(SDS.self).rewritten(line.split(separator: " ").map(String.init))
        return try #require(try SDS.parseAsRoot(words) as? BuildCommand)
    }

    @Test func `options are where they belong`() throws {
        let command = try parse(
            "build mozart worker --push r.org/x/ --build-arg BASE=a:b=c --build-arg P= --no-cache --bake")
        #expect(command.images == ["mozart", "worker"])
        let settings = try command.building.settings()
        #expect(settings.delivery == .registry("r.org/x"))
        #expect(settings.arguments == ["BASE": "a:b=c", "P": ""])
        #expect(!settings.usesCache && settings.bakes)
        #expect(command.building.isRecording)
    }

    @Test(arguments: [
        ("build", false), ("build --push r", true), ("build --load l", true), ("build --push r --no-record", false),
    ])
    func `what no node can get isn't recorded`(line: String, isRecording: Bool) throws {
        #expect(try parse(line).building.isRecording == isRecording)
    }

    @Test(arguments: [
        "build --push r --load l", "build --context-only", "build -o f", "build --build-arg X", "build --build-arg =x",
        "build --build-arg INDEX_URL=https://me:pw@index.example.org/simple",
        "build --platform linux/amd64,linux/arm64",
    ])
    func `what makes no sense is refused`(line: String) {
        let error = #expect(throws: (any Error).self) { try parse(line) }
        #expect(error.map { SDS.exitCode(for: $0) == .validationFailure } == true)
        #expect(error.map { !SDS.fullMessage(for: $0).contains("me:pw") } == true)
    }

    @Test func `a report says sizes, what takes them, and the difference`() {
        var report = ImageReport(image: "hysds/pele", tag: "0123", context: "c", contextBytes: 20480, contextFiles: 3)
        #expect(BuildText.lines(of: report)[1].contains("--push REGISTRY or --load"))
        report.isBuilt = true
        report.isRecorded = true
        report.reference = "r/hysds/pele@sha256:1"
        report.contents = .init(
            digest: "sha256:1", architecture: "amd64", size: 93_700_000, stored: 31_000_000,
            layers: [.init(digest: "sha256:l", stored: 31_000_000, size: 93_700_000, files: 5)],
            largest: [.init(name: "python: botocore", size: 21_100_000)], parts: [:], packages: 67,
            billOfMaterials: "/home/ops/.sds/builds/pele/sbom.cdx.json")
        report.previous = .init(
            tag: "0122", size: 95_000_000, changes: [.init(name: "python: numpy", size: -1_300_000)])
        #expect(
            BuildText.lines(of: report) == [
                "hysds/pele: built, tag 0123, context 20 KiB", "  r/hysds/pele@sha256:1, recorded in the cluster",
                "  93.7 MB (31.0 MB stored), 67 packages, -1.3 MB against 0122", "  layer 1: 93.7 MB, 5 files",
                "  TAKES MOST        MB", "  python: botocore  21.1", "  changed: python: numpy -1.3",
                "  bill of materials: /home/ops/.sds/builds/pele/sbom.cdx.json",
            ])
    }
}
