import Cluster
import FakeCluster
import Foundation
import HySDS
import Kubernetes
import Release
import Testing

@testable import Operations

/// `sds build` with a builder that is a script, against the fake cluster.
@Suite(.serialized) struct ImageBuildTests {
    /// A machine of an operator: home, checkout, and a buildah that writes a small image and a journal.
    private final class Machine {
        let home = FileManager.default.temporaryDirectory.appending(path: "sds-build-\(UUID().uuidString)")
        private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        init() throws {
            try FileManager.default.createDirectory(
                at: home.appending(path: "bin"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Self.root.appending(path: "Tests/sample/mozart/ops"), to: home.appending(path: "ops"))
            try script(
                "buildah",
                """
                home=$(dirname "$(dirname "$0")")
                echo "$*" >>"$home/journal"
                case $1 in
                  build)
                    for word; do case $word in id=*) cat "${word#*src=}" >>"$home/secrets" ;; esac; done
                    mkdir -p "$home/context" && tar -C "$home/context" -xf - || exit 1
                    [ ! -f "$home/broken" ] || { echo "no matching distribution found for x"; exit 3; }
                    while [ $# -gt 0 ]; do [ "$1" != --tag ] || echo "$2" >>"$home/store"; shift; done ;;
                  inspect) shift $(($# - 1)); grep -qx "$1" "$home/store" ;;
                  push)
                    case $2 in
                      --quiet) ;;
                      *) [ "$2" = --digestfile ] && printf 'sha256:%064d' 7 >"$3"; exit ;;
                    esac
                    name=$3 target=${4#oci-archive:} && file=${target%:"$name"}
                    dir=$(mktemp -d) && cd "$dir" && mkdir -p blobs/sha256 etc && echo x >etc/x && tar -cf blobs/sha256/l etc
                    echo '{"architecture":"amd64"}' >blobs/sha256/c
                    echo '{"config":{"digest":"sha256:c"},"layers":[{"digest":"sha256:l"}]}' >blobs/sha256/m
                    echo '{"manifests":[{"digest":"sha256:m"}]}' >index.json
                    tar -cf "$file" index.json blobs && rm -rf "$dir" ;;
                esac
                """)
            try script("load", #"[ -s "$1" ] && echo "imported" >&2 && printf 'localhost/hysds/pele@sha256:%064d\n' 9"#)
        }

        deinit {
            try? FileManager.default.removeItem(at: home)
        }

        private func script(_ name: String, _ text: String) throws {
            let file = home.appending(path: "bin/\(name)").path
            try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }

        func write(_ text: String, _ path: String) throws {
            try Data(text.utf8).write(to: home.appending(path: path))
        }

        func text(_ path: String) -> String {
            (try? String(contentsOf: home.appending(path: path), encoding: .utf8)) ?? ""
        }

        var ops: String { home.appending(path: "ops").path }

        /// The code trees of pele's release as it would be applied.
        func trees(in session: Session) async throws -> [TreeFacts] {
            let objects = try await Render([.grq])(session)
            let texts = objects.compactMap { $0[path: ["data", "release.json"]]?.string }
            return try texts.flatMap { try ReleaseManifest.trees(ofJSON: Array($0.utf8)) }.filter { $0.name == "pele" }
        }

        var builds: Int { text("journal").split(separator: "\n").count { $0.hasPrefix("build") } }

        private var environment: [String: String] {
            [
                "HOME": home.path, "PATH": "\(home.path)/bin:/usr/bin:/bin",
                "PIP_INDEX_URL": "https://u:secret-word@index/",
            ]
        }

        private func parts() throws -> (ImageCatalog, ImageSources) {
            let share = try Share(program: "", environment: ["SDS_SHARE": Self.root.path])
            return (
                try ImageCatalog(share: share),
                ImageSources(
                    share: share, ops: home.appending(path: "ops").path, verdi: "/nowhere", checkout: [],
                    leftOut: try Site.leftOut(share))
            )
        }

        func build(
            _ delivery: ImageRecord.Delivery?, in session: Session?,
            _ change: (inout BuildImages.Options) -> Void = { _ in }
        ) async throws -> ImageReport {
            let (catalog, sources) = try parts()
            var options = BuildImages.Options()
            options.delivery = delivery
            change(&options)
            let reports = try await BuildImages(
                try catalog.selection(["pele"]), from: sources,
                with: try Builder("\(home.path)/bin/buildah", path: ""), options: options, environment: environment)(
                    recordingIn: session
                ) { _ in }
            return try #require(reports.first)
        }

        @discardableResult
        func refresh(_ session: Session, isDryRun: Bool = false) async throws -> [String: ImageRecord] {
            let (catalog, sources) = try parts()
            return try await RefreshImages([.grq], catalog, from: sources, environment: environment)(
                session, isDryRun: isDryRun)
        }
    }

    private static let pushed = "r.example.org/x/hysds/pele@sha256:" + String(repeating: "0", count: 63) + "7"

    @Test func `a pushed image is recorded, another operator finds it and builds nothing`() async throws {
        try await System.run { system in
            let (first, second) = (try Machine(), try Machine())
            let report = try await first.build(.registry("r.example.org/x"), in: system.session("build pele"))
            #expect(report.isBuilt && report.isRecorded)
            #expect(report.reference == Self.pushed)
            #expect(report.contents?.layers.count == 1)
            let records = try await system.session("x").imageRecords().images
            #expect(records["hysds/pele"]?.reference == Self.pushed)
            #expect(records["hysds/pele"]?.identity.user == "tester")

            let again = try await second.build(.registry("r.example.org/x"), in: system.session("build pele"))
            #expect(!again.isBuilt)
            #expect(again.reference == Self.pushed)
            #expect(second.builds == 0)
            #expect(try await first.build(nil, in: system.session("build pele")).reference == Self.pushed)
            #expect(first.builds == 1)
        }
    }

    @Test func `what is rendered names the recorded image, unless the configuration names one`() async throws {
        try await System.run { system in
            let session = try system.session("update grq", without: "hysds/pele")
            let missing = await #expect(throws: (any Error).self) { try await Render([.grq])(session) }
            #expect(missing.map { "\($0)".contains("no image for hysds/pele") } == true)
            let machine = try Machine()
            _ = try await machine.build(.registry("r.example.org/x"), in: session)
            let objects = try await Render([.grq])(session)
            #expect(objects.contains { $0.json.serializedText.contains(Self.pushed) })
            let named = try await Render([.grq])(system.session("render grq"))
            #expect(!named.contains { $0.json.serializedText.contains(Self.pushed) })
        }
    }

    @Test func `an update builds again exactly when a declaration changed`() async throws {
        try await System.run { system in
            let session = try system.session("update grq", without: "hysds/pele")
            let machine = try Machine()
            _ = try await machine.build(.registry("r.example.org/x"), in: session)
            try machine.write("x = 1\n", "ops/pele/pele/more.py")
            try await machine.refresh(session)
            #expect(machine.builds == 1)
            try machine.write("from setuptools import setup\nsetup(name='pele')\n", "ops/pele/setup.py")
            try await machine.refresh(system.session("update grq"))
            #expect(machine.builds == 1, "the configuration names that image")
            try await machine.refresh(session)
            #expect(machine.builds == 2)
            try await machine.refresh(session)
            #expect(machine.builds == 2)
            // What can't be told stops no update: it may need nothing of that tree.
            try FileManager.default.removeItem(at: machine.home.appending(path: "ops/pele"))
            try await machine.refresh(session)
            #expect(machine.builds == 2)
        }
    }

    @Test func `what an image holds of the trees is recorded, and releases on it hold only what it lacks`() async throws
    {
        try await System.run { system in
            let machine = try Machine()
            let session = try system.session("update grq", without: "hysds/pele", ops: machine.ops)
            let noise = Data((0..<9_000_000).map { _ in UInt8.random(in: 0...255) })
            try noise.write(to: machine.home.appending(path: "ops/pele/pele/model.bin"))
            let error = await #expect(throws: (any Error).self) { try await Render([.grq])(session) }
            #expect(error.map { "\($0)".contains("--bake") } == true)

            _ = try await machine.build(.registry("r.example.org/x"), in: session) { $0.bakes = true }
            let record = try #require(try await session.imageRecords().images["hysds/pele"])
            let tree = try #require(record.trees?.first)
            #expect(record.trees?.map(\.name) == ["pele"] && tree.image == tree.digest && tree.size < 4096)
            #expect(machine.text("journal").contains("org.hysds.sds.trees=pele=\(tree.digest)"))
            #expect(try await machine.trees(in: session).map(\.image) == [tree.digest])
            #expect(tree.unpackedSize ?? 0 > noise.count)

            try machine.write("x = 1\n", "ops/pele/pele/more.py")
            #expect(try await machine.refresh(session, isDryRun: true)["hysds/pele"]?.trees != record.trees)
            let changed = try #require(try await machine.trees(in: session).first)
            #expect(changed.image == tree.digest && changed.digest != tree.digest && changed.size < 4096)

            try noise.write(to: machine.home.appending(path: "ops/pele/pele/other.bin"))
            try Data(noise.reversed()).write(to: machine.home.appending(path: "ops/pele/pele/other.bin"))
            let large = await #expect(throws: (any Error).self) { try await Render([.grq])(session) }
            #expect(large.map { "\($0)".contains("what the image lacks of it") } == true)
            try await machine.refresh(session)
            #expect(machine.builds == 2)
            #expect(try await machine.trees(in: session).first?.image != tree.digest)
        }
    }

    @Test func `a loaded image is named as the command says, and one without a way to nodes isn't recorded`()
        async throws
    {
        try await System.run { system in
            let machine = try Machine()
            let local = try await machine.build(nil, in: system.session("build pele"))
            #expect(local.isBuilt && !local.isRecorded && local.reference == nil)
            #expect(try await system.session("x").imageRecords().images.isEmpty)
            let loaded = try await machine.build(
                .command("\(machine.home.path)/bin/load"), in: system.session("build pele"))
            #expect(loaded.reference?.hasSuffix("9") == true && loaded.isRecorded && !loaded.isBuilt)
            #expect(machine.builds == 1)
            let error = await #expect(throws: OperationError.self) {
                try await machine.build(.command("echo done"), in: system.session("build pele")) {
                    $0.usesCache = false
                }
            }
            #expect(error?.message.contains("printed no NAME@sha256:DIGEST") == true)
        }
    }

    @Test func `a failed build says the builder's last lines, and nothing is recorded`() async throws {
        try await System.run { system in
            let machine = try Machine()
            try machine.write("", "broken")
            let error = await #expect(throws: OperationError.self) {
                try await machine.build(.registry("r.example.org/x"), in: system.session("build pele"))
            }
            #expect(error?.exitCode == 1)
            #expect(error?.message.contains("exit code 3") == true)
            #expect(error?.causes.first?.contains("no matching distribution") == true)
            #expect(try await system.session("x").imageRecords().images.isEmpty)
        }
    }

    @Test func `passwords of the machine's settings reach the build as files, never as arguments`() async throws {
        let machine = try Machine()
        _ = try await machine.build(nil, in: nil)
        #expect(machine.text("secrets").contains("secret-word"))
        #expect(!machine.text("journal").contains("secret-word"))
        let context = Folder(machine.home.appending(path: "context").path)
        for (path, bytes) in try context.files() {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("secret-word"), "\(path)")
        }
    }
}

extension JSONValue {
    fileprivate var serializedText: String { String(decoding: serialized(), as: UTF8.self) }
}
