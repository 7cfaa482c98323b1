internal import ArgumentParser
internal import Operations

/// sdscli's words that aren't built yet: each says so and exits 1, never 0.
enum UnbuiltVerbs {
    static let all: [any ParsableCommand.Type] = [
        Package.self, Orchestrate.self, ContinuousIntegration.self, Cloud.self,
    ]

    struct Package: UnbuiltVerb {
        static let word = "pkg"
        static let instead = "use mozart's REST API"
        @Argument(parsing: .captureForPassthrough) var words: [String] = []
    }
    struct Orchestrate: UnbuiltVerb {
        static let word = "orch"
        static let instead = "use start, stop, logs and run"
        @Argument(parsing: .captureForPassthrough) var words: [String] = []
    }
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
