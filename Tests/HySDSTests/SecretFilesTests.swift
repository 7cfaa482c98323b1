import HySDS
import Kubernetes
import Testing

@Suite("The Secret of a workload")
struct SecretFilesTests {
    static func files(_ texts: [(String, String)], key: UInt8 = 1) throws -> SecretFiles? {
        let (_, topology) = try Fixture.topology("")
        let files = texts.map { destination, text in
            RenderedFile(
                declaration: FileDeclaration(
                    destination: destination, template: "t", isSecret: !destination.hasPrefix("etc/")),
                bytes: Array(text.utf8), source: "test")
        }
        let workload = try #require(topology["grq2"])
        return SecretFiles(workload: workload, files: files, key: [key])
    }

    @Test("holds the secret files alone, each at its place")
    func items() throws {
        let secret = try #require(try Self.files([("ops/a.py", "x"), ("~/.netrc", "y"), ("etc/open", "z")]))
        #expect(secret.facts.items.map(\.path) == ["home/.netrc", "ops/a.py"])
        #expect(secret.facts.items.map(\.key) == ["home_.netrc", "ops_a.py"])
        let object = secret.object(namespace: "n")
        #expect(object.json["data"] == ["home_.netrc": "eQ==", "ops_a.py": "eA=="])
        #expect(object.name == "grq2-files")
    }

    @Test("doesn't exist without secret files")
    func none() throws {
        #expect(try Self.files([("etc/open", "z")]) == nil)
    }

    @Test("gives two paths two keys")
    func keys() throws {
        let secret = try #require(try Self.files([("a_b", "x"), ("a/b", "y")]))
        #expect(Set(secret.facts.items.map(\.key)).count == 2)
    }

    @Test("has a generation that changes with the files and with the key, and with nothing else")
    func generation() throws {
        let first = try Self.files([("a", "x")])?.facts.generation
        #expect(try Self.files([("a", "x")])?.facts.generation == first)
        #expect(try Self.files([("a", "y")])?.facts.generation != first)
        #expect(try Self.files([("a", "x")], key: 2)?.facts.generation != first)
    }

    @Test("prints no file", arguments: ["hunter2"])
    func redaction(word: String) throws {
        let secret = try #require(try Self.files([("a", word)]))
        var dump = ""
        Swift.dump(secret, to: &dump)
        #expect(!dump.contains(word))
        #expect(!"\(secret)".contains(word))
    }
}
