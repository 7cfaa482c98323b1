internal import HySDS
internal import Operations

/// The questions of `configure`, one after the other; each answer is checked before the next.
struct Interview {
    private(set) var text: ConfigurationText
    private let questions: Questions
    private let rules: MigrationRules
    private let terminal: any Asking
    /// What is wrong with a text.
    private let complaints: (ConfigurationText) -> [String]

    init(
        text: ConfigurationText, questions: Questions, rules: MigrationRules, terminal: any Asking,
        complaints: @escaping (ConfigurationText) -> [String]
    ) {
        self.text = text
        self.questions = questions
        self.rules = rules
        self.terminal = terminal
        self.complaints = complaints
    }

    mutating func run() throws {
        terminal.say("Enter takes what stands in brackets; - takes it away; Ctrl-C ends, and nothing is written.")
        for section in questions.sections {
            terminal.say("\n\(section.title)")
            if section.asksForStores { for store in rules.stores { try ask(for: store) } }
            for question in section.questions where isWanted(question) { try ask(question) }
        }
    }

    private func isWanted(_ question: Questions.Question) -> Bool {
        guard let condition = question.condition else { return true }
        switch text.value(at: condition) {
        case nil, .null, .bool(false): return false
        case .text(let text): return !text.isEmpty
        default: return true
        }
    }

    // MARK: One question

    private mutating func ask(_ question: Questions.Question) throws {
        if !question.explanation.isEmpty { terminal.say("  \(question.explanation)") }
        while true {
            guard let value = try answer(to: question) else { return }
            var changed = text
            changed.set(question.path, to: value)
            let before = complaints(text)
            let new = complaints(changed).filter { !before.contains($0) }
            guard !new.isEmpty else {
                text = changed
                return
            }
            new.forEach { terminal.say("  \($0)") }
        }
    }

    /// Nil: everything stays.
    private func answer(to question: Questions.Question) throws -> ConfigurationValue? {
        let present = text.value(at: question.path)
        switch question.kind {
        case .secret, .hash:
            let hint = present?.text?.isEmpty ?? true ? "[empty]" : "[as it is]"
            let word = try Interview.secret("\(question.text) \(hint): ", terminal)
            if word.isEmpty { return nil }
            if word == "-" { return .text("") }
            return .text(question.kind == .hash ? try LoginHash.of(word) : word)
        case .yesOrNo:
            let standard = present == .bool(true)
            while true {
                let word = try terminal.line("\(question.text)? [\(standard ? "yes" : "no")]: ").lowercased()
                switch word {
                case "": return nil
                case "y", "yes", "true": return .bool(true)
                case "n", "no", "false", "-": return .bool(false)
                default: terminal.say("  please answer y or n")
                }
            }
        case .choice:
            let standard = present?.text ?? question.choices[0]
            let word = try Interview.choose(question.text, question.choices, standard, terminal)
            return word == standard ? nil : .text(word)
        case .queues:
            return try queues(question, present)
        case .text, .list:
            let standard = present?.text ?? ""
            let word = try terminal.line("\(question.text) [\(standard)]: ")
            if word.isEmpty || word == standard { return nil }
            if word == "-" { return .text("") }
            if question.kind == .list { return .list(Interview.words(word).map(ConfigurationValue.text)) }
            return .text(word)
        }
    }

    /// Queues that stay keep all that the file says of them.
    private func queues(_ question: Questions.Question, _ present: ConfigurationValue?) throws -> ConfigurationValue? {
        let entries = present?.list ?? []
        let names = entries.compactMap { $0["QUEUE_NAME"]?.text }
        let word = try terminal.line("\(question.text) [\(names.joined(separator: ", "))]: ")
        if word.isEmpty { return nil }
        if word == "-" { return .list([]) }
        return .list(
            Interview.words(word).map { name in
                entries.first { $0["QUEUE_NAME"]?.text == name } ?? .mapping([.init("QUEUE_NAME", .text(name))])
            })
    }

    // MARK: Stores

    private mutating func ask(for store: MigrationRules.Store) throws {
        let path = ["kubernetes", "external", store.name]
        let present = text.value(at: path)
        terminal.say(
            "  \(store.title): here is one that sds runs in the cluster, elsewhere one that somebody else runs.")
        let standard = present == nil ? "here" : "elsewhere"
        guard
            try Interview.choose("\(store.name) here or elsewhere", ["here", "elsewhere"], standard, terminal)
                == "elsewhere"
        else {
            text.remove(path)
            return
        }
        while true {
            var members = present?.members ?? []
            func put(_ key: String, _ value: ConfigurationValue?) {
                members.removeAll { $0.key == key }
                if let value { members.append(.init(key, value)) }
            }
            let address = try terminal.line("  Its host name or address [\(present?["address"]?.text ?? "")]: ")
            if !address.isEmpty { put("address", .text(address)) }
            let port = try terminal.line("  Its port, when it isn't the usual one [\(present?["port"]?.text ?? "")]: ")
            if let number = Int64(port) { put("port", .integer(number)) }
            let secret = try terminal.line(
                "  A Secret of the namespace with its `user` and `password`; empty: this file has them [\(present?["secret"]?.text ?? "")]: "
            )
            if !secret.isEmpty { put("secret", secret == "-" ? nil : .text(secret)) }
            let isOurs = try Interview.confirm("  Is it ours alone, so that 'sds reset' may clear it", terminal)
            put("exclusive", .bool(isOurs))
            var changed = text
            changed.set(path, to: .mapping(members))
            let before = complaints(text)
            let new = complaints(changed).filter { !before.contains($0) }
            guard !new.isEmpty else {
                text = changed
                return
            }
            new.forEach { terminal.say("  \($0)") }
        }
    }

    // MARK: Ways of asking

    static func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == " " }.map(String.init)
    }

    static func choose(
        _ question: String, _ choices: [String], _ standard: String, _ terminal: any Asking
    ) throws -> String {
        while true {
            let word = try terminal.line("\(question) (\(choices.joined(separator: ", "))) [\(standard)]: ")
                .lowercased()
            if word.isEmpty { return standard }
            let fitting = choices.filter { $0.hasPrefix(word) }
            if fitting.count == 1 || choices.contains(word) { return choices.contains(word) ? word : fitting[0] }
            terminal.say("  please answer one of \(choices.joined(separator: ", "))")
        }
    }

    static func confirm(_ question: String, _ terminal: any Asking) throws -> Bool {
        while true {
            switch try terminal.line("\(question) [y/n]: ").lowercased() {
            case "y", "yes": return true
            case "n", "no": return false
            default: terminal.say("please answer y or n")
            }
        }
    }

    /// Typed twice, never shown; `-` alone takes a value away.
    static func secret(_ prompt: String, _ terminal: any Asking) throws -> String {
        while true {
            let first = try terminal.hidden(prompt)
            if first.isEmpty || first == "-" { return first }
            if try terminal.hidden("  Once more: ") == first { return first }
            terminal.say("  the two differ; please type it again")
        }
    }
}
