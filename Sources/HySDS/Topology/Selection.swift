/// A verb that acts on components.
package enum Verb: String, Hashable, Sendable, CaseIterable, Codable {
    case update
    case start
    case stop
    case reset
    case status
    case startStores = "start_tps"
    case stopStores = "stop_tps"

    /// The components of the word `all`, in sdscli's order; verdi's workers, which it left to the cloud, come last.
    package var order: [Component] {
        switch self {
        case .startStores, .stopStores: [.grq, .mozart, .metrics]
        default: [.grq, .mozart, .metrics, .factotum, .verdi]
        }
    }
}

/// The components that a word of the command line means, in the order to handle them.
package struct Selection: Hashable, Sendable, Codable {
    package static let everything = "all"
    /// What `orch` calls all but the workers of queues.
    package static let core = "core"

    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    /// - Throws: for a word that names no component of this verb.
    package init(_ word: String, for verb: Verb) throws(HySDSErrors) {
        if word == Self.everything {
            components = verb.order
            return
        }
        if word == Self.core {
            components = verb.order.filter { $0 != .verdi }
            return
        }
        if let component = Component(rawValue: word), verb.order.contains(component) {
            components = [component]
            return
        }
        let words = Self.words(for: verb).joined(separator: ", ")
        if word == "ci" {
            throw HySDSErrors(
                HySDSError(
                    .selection, verb.rawValue, "ci isn't part of what sds runs",
                    hint: "Jenkins stays where it is; sds ci manages its jobs"))
        }
        throw HySDSErrors(
            HySDSError(
                .selection, verb.rawValue, "expected one of \(words), found '\(word)'",
                hint: Spelling.nearest(to: word, among: Self.words(for: verb)).map { "did you mean \($0)" }))
    }

    /// The words that a verb takes, as its help lists them.
    package static func words(for verb: Verb) -> [String] {
        Component.allCases.filter(verb.order.contains).map(\.rawValue) + [everything]
    }
}
