import Foundation
import Testing
import Transfer

@testable import ObjectStore

/// The examples of the S3 API reference, "Signature Calculations for the Authorization Header".
struct S3SignatureTests {
    private let signature = S3Signature(
        credentials: S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    private let time = Date(timeIntervalSince1970: 1_369_353_600)

    private func authorization(
        _ method: String, _ path: String, _ query: String = "", _ headers: [(String, String)] = [],
        payload: String = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ) -> String? {
        signature.headers(
            method, host: "examplebucket.s3.amazonaws.com", path: path, query: query, headers: headers,
            payload: payload, time: time
        ).first { $0.0 == "authorization" }?.1
    }

    @Test("the examples of the reference")
    func examples() {
        let get = authorization("GET", "/test.txt", "", [("range", "bytes=0-9")])
        #expect(get?.hasSuffix("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41") == true)
        let put = authorization(
            "PUT", "/test%24file.text", "",
            [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        #expect(put?.hasSuffix("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd") == true)
        let list = authorization("GET", "/", "max-keys=2&prefix=J")
        #expect(list?.hasSuffix("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7") == true)
    }

    @Test("names are escaped byte by byte")
    func escaping() {
        #expect("a b/ü$.tbz2".percentEncoded(keeping: "/") == "a%20b/%C3%BC%24.tbz2")
        #expect("a/b".percentEncoded() == "a%2Fb")
    }

    @Test("printed credentials show no secret")
    func redaction() {
        let credentials = S3Credentials(accessKey: "AKIA", secretKey: "planted", sessionToken: "planted")
        #expect(!"\(credentials)".contains("planted"))
        #expect(!String(reflecting: credentials).contains("planted"))
    }
}
