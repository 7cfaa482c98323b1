import HySDS
import Testing

@Suite("The text of the configuration")
struct ConfigurationTextTests {
    static let file = """
        # ours
        VENUE: old  # a comment
        QUEUES:
          - QUEUE_NAME: a

        # theirs
        MISSION_KEY: x
        kubernetes:
          namespace: n

        """

    @Test("keeps comments, order and foreign keys when a key is set")
    func replacing() {
        var text = ConfigurationText(Self.file)
        text.set("VENUE", to: "new")
        #expect(text.text == Self.file.replacing("VENUE: old", with: "VENUE: new"))
    }

    @Test("replaces a value of several lines whole")
    func blocks() {
        var text = ConfigurationText(Self.file)
        text.set("QUEUES", to: "none")
        #expect(text.text == Self.file.replacing("QUEUES:\n  - QUEUE_NAME: a\n", with: "QUEUES: none\n"))
    }

    @Test("puts a new key before the section kubernetes, or at the end")
    func adding() {
        var text = ConfigurationText(Self.file)
        text.set("NEW", to: "1")
        #expect(text.text == Self.file.replacing("kubernetes:\n", with: "NEW: 1\nkubernetes:\n"))
        var empty = ConfigurationText("")
        empty.set("NEW", to: "1")
        #expect(empty.text == "NEW: 1\n")
    }

    @Test(
        "reads back every value as the text that was written",
        arguments: [
            "plain", "", "0123", "yes", "None", "null", "@x", "a: b", "# c", "a #b", "12:30", "1e3", "quote\"d",
            "back\\slash", "two\nlines", "ü",
            " lead", "trail ", "10.0.0.1", "localhost:5050", "s3://a/b", "-", "- a", "{x}", "[x]", "%", "tab\there",
            "2001-01-01", "a:", "*", "&a", "!x",
            "\u{1}",
        ])
    func roundTrip(value: String) throws {
        var text = ConfigurationText(Self.file)
        text.set("MINE", to: value)
        let configuration = try Fixture.configuration(text.text, installation: Installation(k8s: [:], conf: [:]))
        #expect(configuration["MINE"] == .text(value))
    }

    @Test(
        "leaves simple values without quotes, for scripts",
        arguments: ["10.0.0.1", "grq-es", "8878x", "us-west-2", "s3://bucket/key"])
    func plain(value: String) {
        var text = ConfigurationText("")
        text.set("KEY", to: value)
        #expect(text.text == "KEY: \(value)\n")
    }
}
