import Testing

@testable import Commands

struct LoginHashTests {
    @Test(
        "hashes a password as mozart and pele check it",
        arguments: [
            ("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
            ("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"
            ),
        ])
    func hash(text: String, digest: String) throws {
        #expect(try LoginHash.of(text) == digest)
    }
}
