/// What `sds configure` asks: `conf/questions.yaml` as values.
package struct Questions: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case text, choice, secret, list
        case yesOrNo = "yes"
        /// Only the SHA-224 of the answer is kept.
        case hash
        /// Names of queues: entries of `QUEUES`.
        case queues
    }

    package struct Question: Sendable {
        /// A key of the top level, or a path below `kubernetes`.
        package let path: [String]
        package let text: String
        package let explanation: String
        package let kind: Kind
        package let choices: [String]
        /// The answer that must be yes or not empty for this question to be asked.
        package let condition: [String]?

        package var name: String { path.joined(separator: ".") }
        package var isSecret: Bool { kind == .secret || kind == .hash }
    }

    package struct Section: Sendable {
        package let title: String
        package let questions: [Question]
        /// Here each store is asked for: ours, or one that runs elsewhere.
        package let asksForStores: Bool
    }

    package let sections: [Section]

    /// - Throws: when `conf/questions.yaml` isn't what it should be.
    package init(installation: Installation) throws(HySDSErrors) {
        let file = "conf/questions.yaml"
        var errors: [HySDSError] = []
        let bytes = Array("all:\n".utf8) + (installation.conf["questions.yaml"] ?? [])
        var reading = YAMLReading(file: file)
        let sections = reading.members(of: bytes).first?.value.elements ?? []
        errors += reading.errors
        self.sections = sections.map { node in
            var reader = SettingsReader(file: file, path: "questions", node: node)
            let section = Section(
                title: reader.text("title") ?? "",
                questions: (node.members?.first { $0.key == "questions" }?.value.elements ?? []).map {
                    Self.question($0, file, &errors)
                }, asksForStores: reader.boolean("stores") ?? false)
            _ = reader.values("questions")
            reader.finish()
            errors += reader.errors
            return section
        }
        try HySDSErrors.check(errors)
    }

    private static func question(_ node: YAMLNode, _ file: String, _ errors: inout [HySDSError]) -> Question {
        var reader = SettingsReader(file: file, path: "question", node: node)
        func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
        let question = Question(
            path: path(reader.text("key") ?? ""), text: reader.text("ask") ?? "",
            explanation: reader.text("why") ?? "", kind: reader.choice("kind", Kind.self) ?? .text,
            choices: reader.texts("choices") ?? [], condition: reader.text("when").map(path))
        reader.finish()
        errors += reader.errors
        return question
    }
}
