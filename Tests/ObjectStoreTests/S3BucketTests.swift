import Foundation
import ObjectStore
import S3StandIn
import Testing

@Suite(.timeLimit(.minutes(2)))
struct S3BucketTests {
    private static let credentials = S3Credentials(accessKey: S3StandIn.accessKey, secretKey: S3StandIn.secretKey)

    private static func bucket(
        _ server: S3StandIn, _ name: String = "code", credentials: S3Credentials? = credentials
    ) throws -> S3Bucket {
        try S3Bucket(
            name, endpoint: "http://127.0.0.1:\(server.port)", region: "us-west-2", credentials: credentials)
    }

    @Test("an object is written, copied, described, read and removed")
    func lifecycle() async throws {
        let server = try S3StandIn()
        let bucket = try Self.bucket(server)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let name = "tmp/a b+ü$.tbz2"
        try await bucket.put(bytes, to: name, metadata: ["sha256": "abc"], isEncrypted: true)
        try await bucket.copy(name, to: "final.tbz2", isEncrypted: true)
        try await bucket.delete(name)
        try await bucket.delete(name)
        #expect(try await bucket.head(name) == nil)
        let head = try #require(try await bucket.head("final.tbz2"))
        #expect(head.size == bytes.count && head.metadata["sha256"] == "abc")
        #expect(try await bucket.get("final.tbz2") == bytes)
    }

    @Test("an object in parts appears when it is completed; what was broken off is found and removed")
    func parts() async throws {
        let server = try S3StandIn()
        let bucket = try Self.bucket(server)
        let part = [UInt8](repeating: 7, count: 5 << 20)
        let name = "a b.tar.gz"
        let left = try await bucket.beginUpload(to: name)
        _ = try await bucket.put(part, part: 1, of: left)
        _ = try await bucket.beginUpload(to: name + ".other")
        #expect(try await bucket.openUploads(of: name) == [left])
        try await bucket.abort(left)
        try await bucket.abort(left)
        #expect(try await bucket.openUploads(of: name).isEmpty)

        let upload = try await bucket.beginUpload(to: name, metadata: ["sha256": "abc"])
        let tags = [
            try await bucket.put(part, part: 1, of: upload), try await bucket.put([1, 2, 3], part: 2, of: upload),
        ]
        #expect(try await bucket.head(name) == nil)
        try await bucket.complete(upload, parts: tags)
        let head = try await bucket.head(name)
        #expect(head?.size == part.count + 3 && head?.metadata["sha256"] == "abc")
        let download = try await bucket.download(name)
        var count = 0
        while let bytes = try await download.next() { count += bytes.count }
        #expect(download.size == part.count + 3 && count == download.size)
        await #expect(throws: S3Error.self) { try await bucket.download("nothing") }
        // Its first answer may have got lost.
        try await bucket.complete(upload, parts: tags)
        let other = try await bucket.beginUpload(to: "other")
        await #expect(throws: S3Error.self) { try await bucket.complete(other, parts: ["\"wrong\""]) }
    }

    @Test("an empty object is one")
    func empty() async throws {
        let server = try S3StandIn()
        let bucket = try Self.bucket(server)
        try await bucket.put([], to: "empty")
        #expect(try await bucket.head("empty")?.size == 0)
    }

    @Test("an overloaded server is asked again")
    func overload() async throws {
        let server = try S3StandIn(failEvery: 2)
        let bucket = try Self.bucket(server)
        for index in 0..<4 { try await bucket.put([UInt8(index)], to: "key-\(index)") }
        #expect(try await bucket.get("key-3") == [3])
    }

    @Test("who isn't let in is told the server's words")
    func denied() async throws {
        let server = try S3StandIn()
        let wrong = S3Credentials(accessKey: "AKIATEST", secretKey: "wrong")
        for bucket in try [Self.bucket(server, credentials: wrong), Self.bucket(server, credentials: nil)] {
            let error = await #expect(throws: S3Error.self) { try await bucket.put([1], to: "key") }
            #expect(error?.kind == .denied, "\(String(describing: error))")
        }
        let elsewhere = try Self.bucket(server, "another")
        let error = await #expect(throws: S3Error.self) { try await elsewhere.put([1], to: "key") }
        #expect(error?.kind == .notFound && error?.message.contains("NoSuchBucket") == true)
    }

    @Test("a server that isn't there is unreachable")
    func unreachable() async throws {
        let port: String
        do {
            let server = try S3StandIn()
            port = server.port
        }
        let bucket = try S3Bucket(
            "code", endpoint: "http://127.0.0.1:\(port)", region: "us-west-2", credentials: Self.credentials)
        let error = await #expect(throws: S3Error.self) { try await bucket.get("key") }
        #expect(error?.kind == .unreachable)
    }
}
