import Testing

@testable import Kubernetes

@Suite struct ManifestTests {
    static let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

    func read(_ text: String) throws -> Manifest { try Manifest(parsing: Array(text.utf8), file: "a.yaml") }

    func failure(_ text: String) -> KubernetesError? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return error as? KubernetesError
        }
    }

    @Test("several documents with comments and empty ones between")
    func documents() throws {
        let text =
            "# start\n---\n\(Self.head)---\n---\n# nothing\n---\n\(Self.head.replacing("name: a", with: "name: b"))...\n---\n"
        let manifest = try read(text)
        #expect(manifest.objects.map(\.name) == ["a", "b"])
        #expect(manifest.entries.map(\.place) == ["a.yaml:3", "a.yaml:10"])
    }

    @Test("no document at all", arguments: ["", "\n\n", "---\n", "# only this\n", "\u{FEFF}", "---\n---\n"])
    func nothing(text: String) throws {
        #expect(try read(text).objects.isEmpty)
    }

    @Test("a byte order mark and CRLF do no harm")
    func windows() throws {
        let text = "\u{FEFF}" + (Self.head + "data:\n  a: |\n    x\n    y\n").replacing("\n", with: "\r\n")
        #expect(try read(text).objects[0][path: ["data", "a"]] == "x\ny\n")
    }

    @Test("the members of a List are objects of their own")
    func list() throws {
        let text =
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n"
        #expect(try read(text).objects.map(\.name) == ["a", "b"])
    }

    @Test("anchors, aliases and merge keys as kubectl reads them")
    func merges() throws {
        let text = Self.head + "x: &x {b: 1, c: 2}\nz: &z {b: 3, d: 4}\ndata:\n  <<: [*x, *z]\n  c: 5\nw: *x\n"
        let object = try read(text).objects[0]
        #expect(object[path: ["data"]] == ["b": 1, "c": 5, "d": 4])
        #expect(object[path: ["w"]] == ["b": 1, "c": 2])
    }

    @Test("keys are text whatever they look like")
    func keys() throws {
        let text = Self.head + "data: {1: a, yes: b, 0755: c, 2020-01-01: d, 1e3: e, 'no': f}\n"
        #expect(
            try read(text).objects[0][path: ["data"]]
                == ["1": "a", "true": "b", "493": "c", "2020-01-01": "d", "1000": "e", "no": "f"])
    }

    @Test("explicit tags")
    func tags() throws {
        let text =
            Self.head
            + "data: {a: !!str 1, b: ! 1, c: !!int \"3\", d: !!bool yes, e: !!float 3, f: !foo bar, g: !!str ~}\n"
        #expect(
            try read(text).objects[0][path: ["data"]]
                == ["a": "1", "b": "1", "c": 3, "d": true, "e": 3, "f": "bar", "g": "~"])
    }

    @Test(
        "every mistake is named with its line",
        arguments: [
            ("a: 1\na: 2\n", "a.yaml:4", "twice"), ("yes: 1\ntrue: 2\n", "a.yaml:5", "twice"),
            ("data:\n\ta: 1\n", "a.yaml:5", "tab"),
            ("data:\n  a: .inf\n", "a.yaml:5", "JSON"),
            ("data:\n  [a]: b\n", "a.yaml:5", "key"),
            ("data:\n  ~: b\n", "a.yaml:5", "no text"),
            ("data:\n  1.5: b\n", "a.yaml:5", "quotes"),
            ("data:\n  a: !!int abc\n", "a.yaml:5", "isn't a int"),
            ("data:\n  a: !!binary aGk=\n", "a.yaml:5", "binary"),
            ("data:\n  a: *nowhere\n", "a.yaml:5", "undefined alias"),
            ("data:\n  <<: 3\n", "a.yaml:5", "<<"),
            ("data: {a: b\n", "a.yaml:", ""),
            ("---\n- a\n- b\n", "a.yaml:5", "mapping"),
            ("---\njust text\n", "a.yaml:5", "mapping"),
            ("---\nkind: Pod\nmetadata: {name: a}\n", "a.yaml:5", "apiVersion"),
            ("---\napiVersion: 1\nkind: Pod\nmetadata: {name: a}\n", "a.yaml:5", "apiVersion"),
            ("---\napiVersion: v1\nmetadata: {name: a}\n", "a.yaml:5", "kind"),
            ("---\napiVersion: v1\nkind: Pod\n", "a.yaml:5", "metadata"),
            ("---\napiVersion: v1\nkind: Pod\nmetadata: {}\n", "a.yaml:5", "metadata.name"),
            ("---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n", "a.yaml:5", "generateName"),
            ("---\napiVersion: v1\nkind: Pod\nmetadata: {name: a/b}\n", "a.yaml:5", "can't be the name"),
            ("---\napiVersion: v1\nkind: Pod\nmetadata: {name: ..}\n", "a.yaml:5", "can't be the name"),
            ("---\napiVersion: v1\nkind: List\nitems: {}\n", "a.yaml:5", "must be a list"),
            ("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "a.yaml:5", "second time"),
        ])
    func mistakes(text: String, place: String, words: String) throws {
        let error = try #require(failure(Self.head + text))
        #expect(error.kind == .invalidManifest)
        #expect(error.subject.hasPrefix(place), "\(error)")
        #expect(words.isEmpty || error.description.contains(words), "\(error)")
    }

    @Test("an alias bomb is refused at once")
    func bomb() throws {
        var text = Self.head + "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*l\(level - 1)"
            text += "l\(level): &l\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let error = try #require(failure(text))
        #expect(error.message.contains("values in one document"))
    }

    @Test("nesting that would overflow the stack is refused", arguments: ["[", "{a: ", "- ", "? "])
    func nesting(opening: String) throws {
        let text = String(repeating: opening, count: 100_000)
        #expect(failure(text)?.kind == .invalidManifest)
    }

    @Test("a long rule of dashes in a comment is no nesting")
    func rule() throws {
        #expect(try read("# " + String(repeating: "-", count: 300) + "\n" + Self.head).objects.count == 1)
    }

    @Test("not UTF-8, and too large")
    func bytes() {
        #expect(throws: KubernetesError.self) { try Manifest(parsing: [0x61, 0xFF, 0xFE], file: "a") }
        #expect(throws: KubernetesError.self) {
            try Manifest(parsing: Array(repeating: 0x20, count: Manifest.largestFile + 1), file: "a")
        }
    }

    @Test("control characters are refused, not passed on")
    func control() {
        #expect(failure(Self.head + "data: {a: \"\u{1}\"}\n") != nil)
    }

    @Test("limits of single objects are said before sending")
    func limits() throws {
        var object = KubernetesObject(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]])
        #expect(ObjectLimits.problems(of: object).isEmpty)
        object[path: ["data", "a"]] = .string(String(repeating: "x", count: 1_048_576))
        #expect(ObjectLimits.problems(of: object).isEmpty)
        object[path: ["data", "b"]] = "x"
        #expect(ObjectLimits.problems(of: object).count == 1)
        object[path: ["data"]] = nil
        object.annotations = ["a": String(repeating: "x", count: 262_144)]
        #expect(ObjectLimits.problems(of: object).count == 1)
    }
}
