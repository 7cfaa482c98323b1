import HySDS
import Testing

@Suite("The text of the configuration, below its top level")
struct NestedConfigurationTextTests {
    static let file = """
        VENUE: ops
        # the section
        kubernetes:
          namespace: n   # ours
          # a comment that stays
          ingress: {enabled: true, host: old}   # inline
          #storage:
          #  class: fast
          workloads:
            grq2:
              replicas: 2
          # the end

        # theirs
        LAST: 1

        """

    private func changed(_ path: [String], _ value: ConfigurationValue) -> ConfigurationText {
        var text = ConfigurationText(Self.file)
        text.set(path, to: value)
        return text
    }

    @Test("keeps a comment behind the value that is set")
    func comment() {
        #expect(
            changed(["kubernetes", "namespace"], .text("m")).text
                == Self.file.replacing("namespace: n   # ours", with: "namespace: m   # ours"))
    }

    @Test("writes a mapping in braces out in lines, once something in it changes")
    func braces() {
        let text = changed(["kubernetes", "ingress", "host"], .text("new"))
        #expect(
            text.text
                == Self.file.replacing(
                    "  ingress: {enabled: true, host: old}   # inline\n",
                    with: "  ingress:\n    enabled: true\n    host: new\n"))
    }

    @Test("puts a new section where the reference shows an example of it")
    func example() {
        let text = changed(["kubernetes", "storage", "class"], .text("slow"))
        #expect(
            text.text == Self.file.replacing("  #storage:", with: "  storage:\n    class: slow\n  #storage:"))
    }

    @Test("adds to a section before what comes after it")
    func adding() {
        let text = changed(["kubernetes", "workloads", "pele", "replicas"], .integer(3))
        #expect(
            text.text
                == Self.file.replacing("      replicas: 2\n", with: "      replicas: 2\n    pele:\n      replicas: 3\n")
        )
        #expect(text.value(at: ["LAST"]) == .integer(1))
    }

    @Test("makes a section that isn't there")
    func missing() {
        var text = ConfigurationText("A: 1\n")
        text.set(["kubernetes", "external", "grq-es", "address"], to: .text("host"))
        #expect(text.text == "A: 1\nkubernetes:\n  external:\n    grq-es:\n      address: host\n")
    }

    @Test(
        "takes out what is removed and nothing else",
        arguments: [
            (["kubernetes", "workloads", "grq2"], "    grq2:\n      replicas: 2\n", ""),
            (["kubernetes", "workloads"], "  workloads:\n    grq2:\n      replicas: 2\n", ""),
            (["kubernetes", "namespace"], "  namespace: n   # ours\n", ""),
            (["kubernetes", "nothing"], "x", "x"), (["LAST"], "LAST: 1\n", ""),
        ] as [([String], String, String)])
    func removing(path: [String], part: String, instead: String) {
        var text = ConfigurationText(Self.file)
        text.remove(path)
        #expect(text.value(at: path) == nil)
        #expect(
            text.text.filter { !$0.isWhitespace }
                == Self.file.replacing(part, with: instead).filter { !$0.isWhitespace },
            "\(text.text)")
    }

    @Test(
        "reads back what was written, whatever it is",
        arguments: [
            .text("0123"), .text("a, b"), .text("[x"), .bool(true), .integer(-3), .number(1.5), .number(1e30), .null,
            .list([]), .list([.text("a"), .text("b: c"), .integer(1)]), .mapping([]),
            .list([.mapping([.init("QUEUE_NAME", .text("q")), .init("INSTANCE_TYPES", .list([.text("t3.medium")]))])]),
            .mapping([
                .init("yes", .text("no")),
                .init("deep", .mapping([.init("er", .list([.mapping([.init("a", .null)])]))])),
            ]),
        ] as [ConfigurationValue])
    func roundTrip(value: ConfigurationValue) {
        for path in [["MINE"], ["VENUE"], ["kubernetes", "new", "deeper"], ["kubernetes", "ingress", "host"]] {
            let text = changed(path, value)
            #expect(text.value(at: path) == value, "\(text.text)")
            #expect(text.value(at: ["LAST"]) == .integer(1))
            #expect(text.value(at: ["kubernetes", "workloads", "grq2", "replicas"]) == .integer(2))
        }
    }
}
