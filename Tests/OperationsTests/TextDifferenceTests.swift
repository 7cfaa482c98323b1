import Testing

@testable import Operations

@Suite("Differences of texts")
struct TextDifferenceTests {
    private func lines(_ old: String, _ new: String) -> [String] {
        TextDifference(from: Array(old.utf8), to: Array(new.utf8))?.lines ?? ["no text"]
    }

    @Test func `a changed line stands with three lines of context`() {
        let old = (1...9).map(String.init).joined(separator: "\n") + "\n"
        #expect(
            lines(old, old.replacing("5\n", with: "five\n")) == [
                "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8",
            ])
    }

    @Test func `places far apart are hunks of their own`() {
        let old = (1...30).map(String.init).joined(separator: "\n") + "\n"
        let new = old.replacing("\n3\n", with: "\nthree\n").replacing("\n28\n", with: "\ntwenty-eight\n")
        #expect(lines(old, new).filter { $0.hasPrefix("@@") } == ["@@ -1,6 +1,6 @@", "@@ -25,6 +25,6 @@"])
    }

    @Test(arguments: [
        ("", "a\n", ["@@ -0,0 +1,1 @@", "+a"]), ("a\n", "", ["@@ -1,1 +0,0 @@", "-a"]),
        ("a\n", "a", ["@@ -1,1 +1,1 @@", "-a", "+a (no line feed)"]), ("a\n", "a\n", []),
    ])
    func `edges are told as diff tells them`(old: String, new: String, expected: [String]) {
        #expect(lines(old, new) == expected)
    }

    @Test func `what is no text or too large has no lines`() {
        #expect(TextDifference(from: [0, 1], to: [1]) == nil)
        #expect(TextDifference(from: [0xff], to: []) == nil)
        #expect(TextDifference(from: [UInt8](repeating: 0x61, count: TextDifference.mostBytes + 1), to: []) == nil)
        #expect(TextDifference(from: [UInt8](repeating: 0x0a, count: TextDifference.mostLines + 1), to: []) == nil)
    }

    @Test func `a secret file shows its new side masked and of its old side nothing`() throws {
        let old = Array("user=ops\npassword=former\nport=1\n".utf8)
        let new = Array("user=ops\npassword=today\nport=1\nextra=1\n".utf8)
        let masked = Array("user=ops\npassword=****\nport=1\nextra=1\n".utf8)
        let showing = try #require(TextDifference.Showing.masked(masked, like: new))
        let text = try #require(TextDifference(from: old, to: new, showing: showing))
        #expect(
            text.lines == ["@@ -1,3 +1,4 @@", " user=ops", "-(not shown)", "+password=****", " port=1", "+extra=1"])
        #expect(TextDifference.Showing.masked(Array("one line\n".utf8), like: new) == nil)
    }

    @Test func `control characters don't reach the terminal`() {
        #expect(lines("", "\u{1b}[2Jx\t\u{202e}y\n") == ["@@ -0,0 +1,1 @@", "+\\x1b[2Jx\t\\x202ey"])
    }
}
