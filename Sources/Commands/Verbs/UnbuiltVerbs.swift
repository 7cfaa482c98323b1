internal import ArgumentParser
internal import Operations

/// sdscli's words that aren't built yet: each says so and exits 1, never 0.
enum UnbuiltVerbs {
    static let all: [any ParsableCommand.Type] = [
        ContinuousIntegration.self, Cloud.self,
    ]

    struct ContinuousIntegration: UnbuiltVerb {
        static let word = "ci"
        static let instead = "use Jenkins itself"
        @Argument(parsing: .captureForPassthrough) var words: [String] = []
    }
    struct Cloud: UnbuiltVerb {
        static let word = "cloud"
        static let instead = "use the vendor's own tools"
        @Argument(parsing: .captureForPassthrough) var words: [String] = []
    }
}

protocol UnbuiltVerb: ParsableCommand {
    static var word: String { get }
    static var instead: String { get }
    var words: [String] { get set }
}

extension UnbuiltVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: word, abstract: "Not built yet.")
    }

    func run() throws {
        throw OperationError(.failed, "'sds \(Self.word)' isn't built yet", hint: Self.instead)
    }
}
