import Foundation
import Testing

@testable import Release

@Suite struct ContextRefusalTests {
    private static let key =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n-----END OPENSSH PRIVATE KEY-----\n"

    @Test(arguments: [
        ".netrc", "a/.netrc-os", "id_rsa", "etc/server.key", "cert.p12", ".aws/config", "home/.ssh/known_hosts",
        ".git-credentials", "credentials", ".pypirc", ".s3cfg",
    ])
    func `a file of secrets is refused by its name`(name: String) throws {
        let folder = try ContextFolder(["setup.py": "", name: "anything"])
        let error = folder.refusal()
        #expect(error?.kind == .secret)
        #expect(error.map { "\(folder.path)/\(name)".hasPrefix($0.path) } == true)
    }

    @Test(arguments: [key, "intro\n" + key, String(repeating: "x\n", count: 400_000) + key])
    func `a private key is refused whatever its name`(text: String) throws {
        let folder = try ContextFolder(["notes.txt": text])
        let error = folder.refusal()
        #expect(error?.kind == .secret)
        #expect(error?.path.hasSuffix("/notes.txt") == true)
    }

    @Test func `a private key is found across the blocks that files are read in`() throws {
        let folder = try ContextFolder()
        for place in stride(from: 262_144 - 40, through: 262_144 + 4, by: 4) {
            try folder.write(String(repeating: "x", count: place - 1) + "\n" + Self.key, "notes.txt")
            #expect(folder.refusal()?.kind == .secret, "at \(place)")
        }
    }

    @Test(arguments: [
        "if '-----BEGIN RSA PRIVATE KEY-----' in text:", "-----BEGIN CERTIFICATE-----\nx\n", "PRIVATE KEY-----\n",
        "BEGIN PRIVATE KEY-----\n",
    ])
    func `what only speaks of keys is packed`(text: String) throws {
        #expect(try ContextFolder(["code.py": text]).refusal() == nil)
    }

    @Test func `what is declared harmless is packed, and nothing else`() throws {
        let folder = try ContextFolder(["test/server.key": Self.key])
        #expect(folder.refusal(harmless: ["test/server.key"]) == nil)
        try folder.write(Self.key, "server.key")
        #expect(folder.refusal(harmless: ["test/server.key"])?.path == "\(folder.path)/server.key")
    }

    @Test func `a secret that is ignored stays out`() throws {
        let folder = try ContextFolder([
            ".netrc": "x", "a/b.key": "x", "c.py": "", ".containerignore": ".netrc\n**/*.key\n",
        ])
        #expect(try folder.paths() == ["t", "t/.containerignore", "t/a", "t/c.py"])
    }

    @Test(arguments: ["/etc/passwd", "../outside", "a/../../outside", "a/up/../../outside", "a/up/../outside"])
    func `a link out of the folder is refused, also by way of another link`(target: String) throws {
        let folder = try ContextFolder(["a/x": ""])
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/a/up", withDestinationPath: "../a")
        try folder.link("link", to: target)
        let error = folder.refusal()
        #expect(error?.kind == .escapingLink || error?.kind == .danglingLink)
        #expect(error?.path == "\(folder.path)/link")
    }

    @Test func `a link that leads out through a link within is refused as such`() throws {
        let parent = try ContextFolder(["outside": "x", "tree/d1/d2/file": ""])
        try parent.link("tree/d1/d2/up", to: "..")
        try parent.link("tree/sly", to: "d1/d2/up/../../outside")
        let member = ContextMember("t", .path("\(parent.path)/tree"), purpose: "t")
        let error = #expect(throws: ReleaseError.self) { try ContextPacker.pack([member]) }
        #expect(error?.kind == .escapingLink)
        #expect(error?.path.hasSuffix("/tree/sly") == true)
    }

    @Test func `a link that leads nowhere is refused, one within is kept`() throws {
        let folder = try ContextFolder(["a/x": ""])
        try folder.link("good", to: "a/x")
        #expect(folder.refusal() == nil)
        try folder.link("bad", to: "a/y")
        #expect(folder.refusal()?.kind == .danglingLink)
        #expect(folder.refusal()?.message.contains("a/y") == true)
    }

    @Test func `a pipe is refused by name and nothing waits for it`() throws {
        let folder = try ContextFolder()
        mkfifo("\(folder.path)/pipe", 0o600)
        #expect(folder.refusal()?.path == "\(folder.path)/pipe")
    }

    @Test func `an unreadable file and an unreadable folder are refused by name`() throws {
        for name in ["secret.py", "secret/x.py"] {
            let folder = try ContextFolder([name: "x"])
            let path = "\(folder.path)/\(name.split(separator: "/")[0])"
            chmod(path, 0)
            let error = try AnotherUser.run { folder.refusal() }
            chmod(path, 0o700)
            #expect(error?.kind == .unreadable)
            #expect(error?.path == path)
        }
    }

    @Test func `a file that grows while it is read is refused by name`() async throws {
        let folder = try ContextFolder()
        let size = 192 << 20
        #expect(FileManager.default.createFile(atPath: "\(folder.path)/data", contents: nil))
        truncate("\(folder.path)/data", off_t(size))
        let path = "\(folder.path)/data"
        let isDone = Flag()
        let writer = Thread {
            while !isDone.isSet {
                let descriptor = open(path, O_WRONLY | O_APPEND)
                _ = write(descriptor, "x", 1)
                close(descriptor)
            }
        }
        writer.start()
        let error = folder.refusal()
        isDone.set()
        #expect(error?.kind == .changedWhileRead)
        #expect(error?.path == path)
    }
}

private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}

/// Root reads everything: for a moment the calling thread, and it alone, is somebody else for the file system.
private enum AnotherUser {
    static func run<Result>(_ body: () -> Result) throws -> Result {
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let set = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
        guard getuid() == 0 else { return body() }
        _ = set(65534)
        defer { _ = set(0) }
        return body()
    }
}
