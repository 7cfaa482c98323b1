import Cluster
import Foundation
import Glibc
import Synchronization

@testable import Operations

/// The taking or giving script in a shell of this machine, in place of an exec session.
final class LocalShell: PodChannel, @unchecked Sendable {
    /// What stands in for a container's programs.
    enum Programs: String, CaseIterable, Sendable, CustomStringConvertible {
        case system, busybox, withoutFind

        var description: String { rawValue }
        static var here: [Programs] { hasBusybox ? [.system, .busybox] : [.system] }

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

    private static let withoutFind = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-no-find-\(getpid())")
        try CopyGround.shell(
            """
            mkdir -p "$1" && for tool in sh cat chmod head mkdir mv rm tar xargs sha256sum stat; do
                ln -s "$(command -v "$tool")" "$1/$tool"
            done
            """, [folder.path])
        return folder.path
    }

    private static func path(_ programs: Programs) throws -> String {
        switch programs {
        case .busybox: try busybox.get()
        case .withoutFind: try withoutFind.get()
        case .system: "/usr/local/bin:/usr/bin:/bin"
        }
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
        try? output.fileHandleForReading.close()
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
    ///
    /// - Parameter giving: what comes in place of the giving script's stream; it may be anyone's.
    @discardableResult
    func download(
        _ path: String, to target: String, giving stream: GivenStream? = nil, commands: LocalCommands? = nil
    ) async throws -> CopyReport.Pod {
        var result = CopyReport.Pod(pod: "pod-0", workload: nil, container: nil)
        // All of a given stream is asked for: the pod can't list.
        let commands = commands ?? LocalCommands(giving: stream, programs: stream == nil ? .system : .withoutFind)
        try await Download(source: root.path + "/" + path, target: root.path + "/" + target, pod: "pod-0")(
            commands, &result)
        return result
    }
}

/// A shell of this machine for each command.
final class LocalCommands: PodCommands {
    private let stream: GivenStream?
    /// What answers in place of the taking script.
    private let answers: GivenStream?
    private let programs: LocalShell.Programs
    /// Bytes of output after which the connection breaks, for each command in turn.
    private let limits: Mutex<[Int]>
    private let counts = Mutex((commands: 0, given: 0))

    var commands: Int { counts.withLock(\.commands) }
    /// Bytes that came.
    var given: Int { counts.withLock(\.given) }

    init(
        giving stream: GivenStream? = nil, answering answers: GivenStream? = nil,
        programs: LocalShell.Programs = .system, cutAfter limits: [Int] = []
    ) {
        self.stream = stream
        self.answers = answers
        self.programs = programs
        self.limits = Mutex(limits)
    }

    func run<Value: Sendable>(
        _ command: [String], hasInput: Bool, _ body: @escaping @Sendable (any PodChannel) async throws -> Value
    ) async throws -> Value {
        counts.withLock { $0.commands += 1 }
        if let given = hasInput ? answers : stream { return try await body(given) }
        let shell = try LocalShell(command, programs)
        defer { shell.leave() }
        let limit = limits.withLock { $0.isEmpty ? Int.max : $0.removeFirst() }
        return try await body(CutChannel(shell, limit: limit) { [self] count in counts.withLock { $0.given += count } })
    }
}

/// Breaks off after so many bytes of output.
private final class CutChannel: PodChannel {
    private let shell: LocalShell
    private let left: Mutex<Int>
    private let note: @Sendable (Int) -> Void

    init(_ shell: LocalShell, limit: Int, note: @escaping @Sendable (Int) -> Void) {
        self.shell = shell
        left = Mutex(limit)
        self.note = note
    }

    func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError) { try await shell.write(bytes) }
    func close() { shell.close() }

    func next() async throws(ClusterError) -> ExecEvent? {
        let cut = ClusterError(.interrupted, "exec in pod/here", "the connection ended")
        guard left.withLock({ $0 > 0 }) else { throw cut }
        let event = try await shell.next()
        guard case .output(let bytes)? = event else { return event }
        let piece = left.withLock { left in
            defer { left -= bytes.count }
            return bytes.prefix(left)
        }
        note(piece.count)
        return .output(Array(piece))
    }
}

/// A given stream, then success.
final class GivenStream: PodChannel {
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

    /// Each piece comes by itself.
    init(pieces: [[UInt8]]) {
        events = Mutex([.status(.exited(0))] + pieces.reversed().map { .output($0) })
        hasStatus = true
    }

    func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError) {}
    func close() {}

    func next() async throws(ClusterError) -> ExecEvent? {
        try events.withLock { events throws(ClusterError) in
            guard let event = events.popLast() else {
                if hasStatus { return nil }
                throw ClusterError(.interrupted, "exec in pod/here", "the connection ended")
            }
            return event
        }
    }
}
