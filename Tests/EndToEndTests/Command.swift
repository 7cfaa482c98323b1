import Foundation
import Glibc
import Synchronization

/// How a command ended and what it said.
struct CommandResult: Sendable, CustomStringConvertible {
    let exitCode: Int32
    let output: String
    let errors: String
    let seconds: Double
    let isTimedOut: Bool

    var description: String {
        "exit code \(exitCode) after \(String(format: "%.1f", seconds)) s\(isTimedOut ? " (killed: too slow)" : "")\n"
            + "stdout: \(output.suffix(3000))\nstderr: \(errors.suffix(6000))"
    }
}

/// A command that runs: its output can be looked at while it does.
final class Command: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Process
    private let folder: URL
    private let start = ContinuousClock.now
    private let ending: Task<(Int32, ContinuousClock.Instant), Never>

    /// - Parameter input: what the command reads; nil for nothing at all, which is no terminal either.
    init(_ words: [String], environment: [String: String], input: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sds-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["out", "err"] { try Data().write(to: folder.appending(path: name)) }
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = environment
        process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: folder.appending(path: "err"))
        if let input {
            try Data(input.utf8).write(to: folder.appending(path: "in"))
            process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "in"))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        let (codes, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(process.terminationStatus + (isSignal ? 128 : 0))
            continuation.finish()
        }
        try process.run()
        ending = Task.detached {
            var last: Int32 = -1
            for await code in codes { last = code }
            return (last, ContinuousClock.now)
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: folder)
    }

    var errors: String { text("err") }
    var output: String { text("out") }
    var isRunning: Bool { process.isRunning }
    var seconds: Double { (ContinuousClock.now - start).seconds }

    /// Ctrl-C.
    func interrupt() { process.interrupt() }

    /// What the kernel does when memory is short: no handler, no tidying up.
    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// A laptop that sleeps.
    func suspend() { Glibc.kill(process.processIdentifier, SIGSTOP) }

    func resume() { Glibc.kill(process.processIdentifier, SIGCONT) }

    /// Waits until stderr contains a text.
    ///
    /// - Returns: the seconds from its start until then; nil when the command ended first or the time was over.
    func says(_ text: String, within limit: Double) async throws -> Double? {
        while seconds < limit {
            if errors.contains(text) { return seconds }
            if !isRunning { return errors.contains(text) ? seconds : nil }
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    /// Waits for the end; a command that takes longer is stopped, then killed.
    func result(within limit: Double) async -> CommandResult {
        let watchdog = Task.detached { [process] in
            try await Task.sleep(for: .seconds(limit))
            process.terminate()
            try await Task.sleep(for: .seconds(20))
            Glibc.kill(process.processIdentifier, SIGKILL)
        }
        let (code, end) = await ending.value
        watchdog.cancel()
        let seconds = (end - start).seconds
        return CommandResult(
            exitCode: code, output: text("out"), errors: text("err"), seconds: seconds, isTimedOut: seconds >= limit)
    }

    private func text(_ name: String) -> String {
        guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Runs a command to its end.
    static func run(
        _ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment, input: String? = nil,
        within limit: Double = 60
    ) async throws -> CommandResult {
        try await Command(words, environment: environment, input: input).result(within: limit)
    }
}
