import Foundation

/// Tests/stand-ins/s3.py in a process of its own.
package final class S3StandIn: Sendable {
    package static let accessKey = "AKIATEST"
    package static let secretKey = "a/secret+key"
    package let port: String
    private let process = Process()
    private let input = Pipe()

    package init(failEvery: Int = 0) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "stand-ins/s3.py")
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, Self.accessKey, Self.secretKey, "us-west-2", "code"]
        process.environment = ProcessInfo.processInfo.environment.merging(["S3_FAIL_EVERY": String(failEvery)]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = line.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The names of all objects, as the stand-in itself holds them.
    package func keys() throws -> [String] { try list("keys") }

    /// The names of uploads that nobody completed.
    package func openUploads() throws -> [String] { try list("uploads") }

    private func list(_ what: String) throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.ask, "http://127.0.0.1:\(port)/\(what)"]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let ask = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
}
