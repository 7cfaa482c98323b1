import Testing

@testable import HySDS

/// `conf/sds.config`, which `sds configure --reference` prints, against the code.
@Suite("The reference of the configuration")
struct ReferenceTests {
    static let text = String(decoding: Fixture.installation.conf["sds.config"] ?? [], as: UTF8.self)

    /// Every `#key: value` as if it were set: where a key stands both ways, the example counts.
    static let everySetting: String = {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            // `#key: value`, and below it the example's own lines: `#  key: value`.
            let isExample = rest.first == "#" && rest.dropFirst().first.map { $0 != " " } == true
            let isBelow = rest.hasPrefix("#  ")
            lines.append(isExample || isBelow ? String(indent) + rest.dropFirst() : String(line))
        }
        return lines.joined(separator: "\n")
    }()

    private static func keys() -> [YAMLNode.Member] {
        var reading = YAMLReading(file: "conf/sds.config")
        let members = reading.members(of: Array(everySetting.utf8))
        #expect(reading.errors == [])
        return members
    }

    @Test("holds every key that the code knows, and none besides")
    func topLevel() {
        let keys = Set(Self.keys().map(\.key))
        #expect(Set(KnownKey.all.keys).subtracting(keys).sorted() == [])
        #expect(keys.subtracting(KnownKey.all.keys).sorted() == [])
    }

    @Test("holds every key of the section kubernetes that the code reads")
    func section() {
        let section = Self.keys().first { $0.key == "kubernetes" }?.value
        var paths: Set<String> = []
        func collect(_ node: YAMLNode?, _ path: String) {
            for member in node?.members ?? [] {
                // Names of the operator's own, and the two places for settings of workloads, count as one.
                let isNamed = ["kubernetes.workloads", "kubernetes.queues", "kubernetes.external"].contains(path)
                let name = isNamed ? "NAME" : member.key
                let next = "\(path).\(name)".replacing("kubernetes.queues.NAME", with: "kubernetes.workloads.NAME")
                paths.insert(next)
                collect(member.value, next)
            }
        }
        collect(section, "kubernetes")
        let read = Set(
            KubernetesSettings.keys.map { $0.replacing("kubernetes.queues.NAME", with: "kubernetes.workloads.NAME") })
        #expect(read.subtracting(paths).sorted() == [], "the code reads them, the reference doesn't show them")
    }

    @Test("is a configuration without a complaint, also with every example set")
    func valid() throws {
        #expect(Fixture.complaints(Self.text) == [])
        #expect(Fixture.complaints(Self.everySetting) == [])
    }

    @Test("keeps its lines short and explains each group of keys")
    func comments() {
        let lines = Self.text.split(separator: "\n")
        #expect(lines.filter { $0.count > 120 }.map(String.init) == [])
        #expect(lines.count { $0.hasPrefix("# ") || $0.hasPrefix("  # ") } > 40)
    }

    @Test("is asked for by questions that name keys of the code")
    func questions() throws {
        let questions = try Questions(installation: Fixture.installation)
        let known = Set(KnownKey.all.keys).union(KubernetesSettings.keys)
        for question in questions.sections.flatMap(\.questions) {
            #expect(known.contains(question.name), "\(question.name)")
            #expect(!question.explanation.isEmpty, "\(question.name) has no explanation")
            if question.path.count == 1 {
                #expect(question.isSecret == KnownKey.isSecret(question.name), "\(question.name)")
            }
            if let condition = question.condition { #expect(known.contains(condition.joined(separator: "."))) }
            #expect((question.kind == .choice) == !question.choices.isEmpty)
        }
    }
}
