/// The command line as ArgumentParser's own dump describes it: what of it manual pages need.
struct CommandTree: Decodable {
    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            var text: String { (kind == "long" ? "--" : "-") + name }
        }

        /// positional, option or flag.
        var kind: String
        var shouldDisplay: Bool?
        var isOptional: Bool?
        var isRepeating: Bool?
        var names: [Name]?
        var valueName: String?
        var abstract: String?

        /// `-f, --force` or `--timeout <timeout>`.
        var title: String {
            guard kind != "positional" else { return (valueName ?? "argument").uppercased() }
            let names = (names ?? []).map(\.text).joined(separator: ", ")
            return kind == "option" ? "\(names) \((valueName ?? "value").uppercased())" : names
        }
    }

    var command: Command
}
