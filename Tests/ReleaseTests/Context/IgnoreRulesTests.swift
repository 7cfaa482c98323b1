import Testing

@testable import Release

@Suite struct IgnoreRulesTests {
    @Test(arguments: [
        ("*.pyc", "a.pyc", true), ("*.pyc", "a/b.pyc", false), ("**/*.pyc", "a/b/c.pyc", true),
        ("**/*.pyc", "c.pyc", true),
        ("a", "a/b/c", true), ("a/b", "a/b/c", true), ("a/b", "x/a/b", false), ("/a", "a", true), ("a/", "a/x", true),
        ("a/**", "a", false), ("a/**", "a/b", true), ("**", "x/y", true), ("a/**/z", "a/z", true),
        ("a/**/z", "a/b/c/z", true), ("?.py", "a.py", true), ("?.py", "ab.py", false), ("?.py", "ü.py", true),
        ("[a-c].py", "b.py", true), ("[^a-c].py", "b.py", false), ("x\\*", "x*", true), ("x\\*", "xy", false),
        ("*/x", "a/x", true), ("*/x", "x", false), ("# a", "a", false), ("", "a", false), ("  a  ", "a", true),
        ("[x", "[x", true), ("*a*b", "xaxb", true), ("*a*b", "xaxbx", false),
    ])
    func `a pattern fits as Docker's does`(pattern: String, path: String, isIgnored: Bool) {
        #expect(IgnoreRules(pattern).ignores(path) == isIgnored)
    }

    @Test func `the last pattern that fits decides`() {
        let rules = IgnoreRules("*.md\n!README*.md\nREADME-secret.md\n")
        #expect(rules.ignores("x.md"))
        #expect(!rules.ignores("README.md"))
        #expect(rules.ignores("README-secret.md"))
    }

    @Test func `an exception takes a file out of an ignored folder`() throws {
        let folder = try ContextFolder([
            ".dockerignore": "docs\n!docs/keep/*.md\n", "docs/a.md": "", "docs/keep/b.md": "", "docs/keep/c.txt": "",
            "d": "",
        ])
        let files = try folder.paths().filter { $0.hasSuffix(".md") || $0.hasSuffix(".txt") || $0.hasSuffix("/d") }
        #expect(files == ["t/d", "t/docs/keep/b.md"])
    }

    @Test func `a containerignore counts before a dockerignore, and version control never gets in`() throws {
        let folder = try ContextFolder([
            ".dockerignore": "a", ".containerignore": "b", "a": "", "b": "", ".git/config": "",
            "x/__pycache__/y.pyc": "",
        ])
        #expect(try folder.paths() == ["t", "t/.containerignore", "t/.dockerignore", "t/a", "t/x"])
    }

    @Test func `rules of a folder above count for what lies below it`() throws {
        let folder = try ContextFolder([
            ".containerignore": "**/tests\npod/x\n", "pod/tests/a": "", "pod/x": "", "pod/y": "",
        ])
        let member = ContextMember("p", .path("\(folder.path)/pod"), purpose: "p", ignoreRoot: folder.path)
        #expect(try ContextFolder.paths(try ContextFolder.packed([member]).bytes) == ["p", "p/y"])
    }
}
