import Cluster
import Foundation
import Glibc
import Synchronization

@testable import Operations

/// The taking or giving script in a shell of this machine, in place of an exec session.
final class LocalShell: PodChannel, @unchecked Sendable {
    /// What stands in for a container's programs.
    enum Programs: String, CaseIterable, Sendable, CustomStringConvertible {
        case system, busybox

        var description: String { rawValue }
        static var here: [Programs] { hasBusybox ? allCases : [.system] }

        private static let hasBusybox = ["/bin/busybox", "/usr/bin/busybox"].contains {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let state = Mutex((left: Int?.none, written: 0, isOver: false))

    /// - Parameters:
    ///   - path: instead of the machine's own.
    ///   - limit: bytes after which the client dies.
    init(_ command: [String], _ programs: Programs = .system, path: String? = nil, limit: Int? = nil) throws {
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = ["PATH": try path ?? Self.path(programs)]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        state.withLock { $0.left = limit }
        try process.run()
    }

    private static let busybox = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-busybox-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let install = Process()
        install.executableURL = URL(filePath: "/usr/bin/env")
        install.arguments = ["busybox", "--install", "-s", folder.path]
        try install.run()
        install.waitUntilExit()
        return folder.path
    }

    private static func path(_ programs: Programs) throws -> String {
        programs == .busybox ? try busybox.get() : "/usr/local/bin:/usr/bin:/bin"
    }

    /// Bytes written so far.
    var written: Int { state.withLock(\.written) }

    func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError) {
        let (piece, isCut) = state.withLock { state -> (ArraySlice<UInt8>, Bool) in
            let piece = bytes.prefix(state.left ?? bytes.count)
            state.left = state.left.map { $0 - piece.count }
            state.written += piece.count
            return (piece, piece.count < bytes.count)
        }
        let file = input.fileHandleForWriting
        let isWritten: Bool = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try file.write(contentsOf: Data(piece))
                    continuation.resume(returning: true)
                } catch {
                    continuation.resume(returning: false)
                }
            }
        }
        if isCut { try? file.close() }
        guard isWritten && !isCut else { throw ClusterError(.interrupted, "exec in pod/here", "cut") }
    }

    func next() async throws(ClusterError) -> ExecEvent? {
        if state.withLock(\.isOver) { return nil }
        let file = output.fileHandleForReading
        let data: Data = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: file.availableData) }
        }
        guard data.isEmpty else { return .output(Array(data)) }
        process.waitUntilExit()
        state.withLock { $0.isOver = true }
        return .status(.exited(Int(process.terminationStatus)))
    }

    func close() {
        try? input.fileHandleForWriting.close()
    }

    /// The client is gone; waits until the script is too.
    func leave() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// A folder for one test: `here` is the operator's, `pod` the pod's.
struct CopyGround {
    let root: URL
    var here: String { root.appending(path: "here").path }
    var pod: String { root.appending(path: "pod").path }

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "sds-copy-\(UUID().uuidString)")
        for name in ["here", "pod"] {
            try FileManager.default.createDirectory(
                at: root.appending(path: name), withIntermediateDirectories: true)
        }
    }

    func remove() throws {
        _ = try Self.shell("chmod -R u+rwx \"$1\" && rm -rf \"$1\"", [root.path])
    }

    @discardableResult
    func write(_ path: String, _ text: String, mode: Int = 0o644, time: Int? = 1_700_000_000) throws -> String {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        chmod(file.path, mode_t(mode))
        if let time {
            utimensat(AT_FDCWD, file.path, [timespec(tv_sec: time, tv_nsec: 5), timespec(tv_sec: time, tv_nsec: 5)], 0)
        }
        return file.path
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// All below a folder but its own line: type, mode, size and time of files, links' targets, names, contents.
    func listing(_ folder: String) throws -> String {
        try Self.shell(
            """
            cd "$1" || exit 1
            find . -mindepth 1 ! -type f -printf '%y %m %l %p\\0' | LC_ALL=C sort -z | tr '\\0' '\\n'
            find . -type f -printf '%y %m %s %Ts %p\\0' | LC_ALL=C sort -z | tr '\\0' '\\n'
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
            """, [root.appending(path: folder).path])
    }

    /// Stages that were left.
    func stages(_ folder: String = "pod") throws -> [String] {
        try Self.shell("find \"$1\" -name '.sds-copy-*'", [root.appending(path: folder).path]).split(separator: "\n")
            .map(String.init)
    }

    @discardableResult
    static func shell(_ text: String, _ arguments: [String] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", text, "sh"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(text: text, status: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self)
    }

    struct Failure: Error {
        var text: String
        var status: Int32
    }

    // MARK: - Copies

    /// Brings a path below `here` to one below `pod`, as a pod would get it.
    func upload(
        _ path: String, to target: String, into: CopyScript.Into? = nil, programs: LocalShell.Programs = .system,
        path search: String? = nil, memory: CopyMemory? = nil, key: String? = nil, limit: Int? = nil,
        isDryRun: Bool = false, written: ((Int) -> Void)? = nil
    ) async throws -> CopyReport.Pod {
        let source = try LocalSource.read(root.appending(path: path).path)
        let book = DigestBook(source, known: memory?.digests(for: source.entries) ?? source.entries.map { _ in nil })
        let place = root.path + "/" + target
        let upload = Upload(
            book: book, shelf: PackShelf(book), target: place,
            into: into ?? (target.hasSuffix("/") ? .always : source.isFolder ? .never : .maybe), isDryRun: isDryRun,
            memory: memory)
        let shell = try LocalShell(
            upload.command(pod: "pod-0", key: key, identity: upload.makeIdentity()), programs, path: search,
            limit: limit)
        var result = CopyReport.Pod(pod: "pod-0", workload: nil, container: nil)
        defer {
            shell.leave()
            written?(shell.written)
        }
        try await upload(over: shell, key: key, &result)
        if let memory, !isDryRun, let state = CopyDigest.state(source.entries, book.all) {
            memory.remember(source.entries, book.all, state: state, start: Int64.max / 2)
        }
        return result
    }

    /// Brings a path below `pod` to one below `here`.
    func download(_ path: String, to target: String) async throws -> CopyReport.Pod {
        let source = root.path + "/" + path
        let shell = try LocalShell(CopyScript.give(source))
        return try await download(path, to: target) { try await shell.next() }
    }

    /// The same with a stream that may be anyone's; the pod's digests are of what lies at `path`.
    func download(
        _ path: String, to target: String, events: @escaping @Sendable () async throws -> ExecEvent?
    ) async throws -> CopyReport.Pod {
        var result = CopyReport.Pod(pod: "pod-0", workload: nil, container: nil)
        try await Download(source: root.path + "/" + path, target: root.path + "/" + target)(
            events: events,
            asking: { body, command in
                let shell = try LocalShell(command)
                defer { shell.leave() }
                return try await body(shell)
            }, &result)
        return result
    }
}

/// A given stream, then success.
final class GivenStream: Sendable {
    private let events: Mutex<[ExecEvent]>
    private let hasStatus: Bool

    init(_ bytes: [UInt8], status: ExecStatus? = .exited(0), chunk: Int = 700) {
        var events: [ExecEvent] = stride(from: 0, to: bytes.count, by: chunk).map { start in
            .output(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        if let status { events.append(.status(status)) }
        hasStatus = status != nil
        events.reverse()
        self.events = Mutex(events)
    }

    func next() async throws -> ExecEvent? {
        try events.withLock { events in
            guard let event = events.popLast() else {
                if hasStatus { return nil }
                throw ClusterError(.interrupted, "exec in pod/here", "the connection ended")
            }
            return event
        }
    }
}
