extension Statement {
    /// The bodies that the statement encloses.
    var bodies: [[Statement]] {
        switch form {
        case .branch(_, let body, let elifs, let otherwise): [body] + elifs.map(\.body) + [otherwise]
        case .loop(let loop): [loop.body, loop.otherwise]
        case .assignBlock(_, _, let body), .filterBlock(_, let body), .with(_, _, let body),
            .block(_, _, _, let body), .autoescape(_, let body):
            [body]
        case .macro(_, let macro), .callBlock(_, let macro): [macro.body]
        case .output, .assign, .extends, .include, .importModule, .importNames: []
        }
    }

    /// The statement and everything within it.
    var descendants: [Statement] {
        [self] + bodies.flatMap { $0.flatMap(\.descendants) }
    }

    /// The names that the statement itself assigns, loop targets included.
    var assignedNames: [String] {
        switch form {
        case .assign(let target, _), .assignBlock(let target, _, _): target.targetNames
        case .loop(let loop): loop.target.targetNames
        default: []
        }
    }
}
