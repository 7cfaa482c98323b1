import Cluster
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Operations

/// A link of so many bytes a second.
private struct ThrottledChannel: PodChannel {
    let shell: LocalShell
    let speed: Double

    func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError) {
        try? await Task.sleep(for: .seconds(Double(bytes.count) / speed))
        try await shell.write(bytes)
    }
    func next() async throws(ClusterError) -> ExecEvent? { try await shell.next() }
    func close() { shell.close() }
}

@Suite("Copies into pods over slow links, and of large files", .timeLimit(.minutes(5)))
struct CopySlowLinkTests {
    private static func programs(_ ground: CopyGround, without absent: String) throws -> String {
        let folder = ground.root.path + "/bin"
        try CopyGround.shell(
            """
            mkdir "$1" && for tool in sh cat chmod head mkdir mv rm tar xargs sha256sum stat gzip touch; do
                [ "$tool" = "$2" ] || ln -s "$(command -v "$tool")" "$1/$tool"
            done
            """, [folder, absent])
        return folder
    }

    /// - Returns: bytes that were written.
    private func upload(
        _ ground: CopyGround, speed: Double, slow: Double = 8e6, programs: LocalShell.Programs = .system,
        path: String? = nil
    ) async throws -> Int {
        let source = try LocalSource.read(ground.here + "/t")
        let book = DigestBook(source, known: source.entries.map { _ in nil })
        var upload = Upload(
            book: book, shelf: PackShelf(book, spoolingIn: ground.root.path + "/spool"), target: ground.pod + "/t",
            into: .never, isDryRun: false, memory: nil)
        upload.slow = slow
        let shell = try LocalShell(
            upload.command(pod: "p", key: nil, identity: upload.makeIdentity()), programs, path: path)
        defer { shell.leave() }
        var result = CopyReport.Pod(pod: "p", workload: nil, container: nil)
        try await upload(over: ThrottledChannel(shell: shell, speed: speed), key: nil, &result)
        #expect(result.result == .copied && result.sentBytes == source.bytes)
        #expect(try ground.listing("pod/t") == ground.listing("here/t"))
        #expect(try ground.stages().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: ground.root.path + "/spool").isEmpty)
        return shell.written
    }

    @Test(arguments: LocalShell.Programs.here)
    func `what shrinks goes compressed over a slow link, and as it is over a fast one`(
        programs: LocalShell.Programs
    ) async throws {
        let ground = try CopyGround()
        try CopyGround.shell(
            """
            mkdir "$1/spool" && mkdir "$1/here/t" && cd "$1/here/t" && for n in $(seq 60); do
                yes "line of file $n" | head -c 100000 >"f$n"
            done
            """, [ground.root.path])
        let slow = try await upload(ground, speed: 4e6, programs: programs)
        #expect(slow > 512 << 10 && slow < 2_000_000, "\(slow)")
        try CopyGround.shell("rm -rf \"$1/t\"", [ground.pod])
        let fast = try await upload(ground, speed: 1e12, slow: 1, programs: programs)
        #expect(fast > 6_000_000, "\(fast)")
        try ground.remove()
    }

    @Test func `what doesn't shrink, or a pod without gzip, gets it as it is`() async throws {
        let ground = try CopyGround()
        try CopyGround.shell(
            "mkdir \"$1/spool\" && mkdir \"$1/here/t\" && head -c 5000000 /dev/urandom >\"$1/here/t/f\"",
            [ground.root.path])
        #expect(try await upload(ground, speed: 6e6) > 5_000_000)
        try CopyGround.shell("rm -rf \"$1/t\" && yes | head -c 5000000 >\"$2/t/f\"", [ground.pod, ground.here])
        let path = try Self.programs(ground, without: "gzip")
        #expect(try await upload(ground, speed: 6e6, path: path) > 5_000_000)
        try ground.remove()
    }

    @Test(arguments: LocalShell.Programs.here)
    func `a large file goes on in its middle`(programs: LocalShell.Programs) async throws {
        let ground = try CopyGround()
        try CopyGround.shell(
            "head -c 9000000 /dev/urandom >\"$1/f\" && chmod 444 \"$1/f\" && touch -d @1700000000 \"$1/f\"",
            [ground.here])
        _ = try? await ground.upload("here/f", to: "pod/f", programs: programs, limit: 6_000_000)
        var written = 0
        let result = try await ground.upload("here/f", to: "pod/f", programs: programs) { written = $0 }
        #expect(result.resumedFiles == 1 && result.sentFiles == 0 && written < 3_400_000, "\(result) \(written)")
        #expect(result.sentBytes < 3_300_000)
        #expect(try ground.listing("pod") == ground.listing("here"))
        #expect(try ground.stages().isEmpty)
        try ground.remove()
    }

    @Test func `a beginning that isn't the file's is sent again`() async throws {
        let ground = try CopyGround()
        try CopyGround.shell("mkdir \"$1/t\" && head -c 9000000 /dev/urandom >\"$1/t/f\"", [ground.here])
        _ = try? await ground.upload("here/t", to: "pod/t", limit: 6_000_000)
        let stage = try #require(try ground.stages().first)
        try CopyGround.shell("printf x | dd of=\"$1/new/f\" conv=notrunc bs=1 seek=5000 status=none", [stage])
        let result = try await ground.upload("here/t", to: "pod/t")
        #expect(result.resumedFiles == 0 && result.sentFiles == 1, "\(result)")
        #expect(try ground.listing("pod") == ground.listing("here"))
        #expect(try ground.stages().isEmpty)
        try ground.remove()
    }
}
