internal import ArgumentParser
internal import HySDS

/// What sdscli's argparse accepted and ArgumentParser doesn't: flags before the verb, unique prefixes of long flags,
/// `-t` without a value.
struct CommandLineRewriting {
    private let verbs: [String: any ParsableCommand.Type]
    /// Long options that take a value.
    private static let valued: Set<String> = [
        "--type", "--kubeconfig", "--context", "--namespace", "--config", "--ops", "--output", "--timeout",
        "--lock-wait", "--tail", "--to", "--from", "--keep", "--anew", "--container", "--outdir", "--outfile",
        "--release",
    ]
    /// sdscli's own flags win over ours when a prefix fits both.
    private static let inherited: Set<String> = [
        "--debug", "--type", "--force", "--ndeps", "--config-only", "--encrypt", "--help", "--outfile", "--outdir",
    ]

    init(_ root: any ParsableCommand.Type) {
        let groups = root.configuration.groupedSubcommands.flatMap(\.subcommands) + root.configuration.subcommands
        verbs = Dictionary(groups.map { ($0._commandName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the words ask for JSON, also when they can't be parsed; what follows `--` or belongs to `run` is another's.
    static func asksForJSON(_ arguments: [String]) -> Bool {
        guard !arguments.contains("run") else { return false }
        return arguments.contains("--output=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == "--output" && $1 == "json" }
    }

    /// - Throws: `ValidationError` for a prefix that fits several flags.
    func rewritten(_ arguments: [String]) throws -> [String] {
        guard let position = verbPosition(in: arguments) else {
            try checkVerb(in: arguments)
            return arguments
        }
        var words = [arguments[position]]
        var command = verbs[arguments[position]]
        let moved = Array(arguments[..<position])
        var rest = Array(arguments[(position + 1)...])
        // Flags before the word that says what a verb does (`pkg -d ls`) belong behind it.
        if let (index, inner) = CommandLineRewriting.subcommand(of: command, in: rest) {
            words.append(rest.remove(at: index))
            command = inner
        }
        // A command's flags are read from its help, which takes a moment: only where there is something to expand.
        let hasLongFlags = arguments.contains { $0.hasPrefix("--") }
        let flags = hasLongFlags ? command.map(CommandLineRewriting.longFlags) ?? [] : []
        // What follows the component of `run` is the command's own.
        var own: [String] = []
        if words.last == "run", let component = rest.firstIndex(where: { !$0.hasPrefix("-") }) {
            own = Array(rest[rest.index(after: component)...])
            rest = Array(rest[...component])
        }
        return words + (try expand(moved + rest, flags)) + own
    }

    /// Where the word stands that names a command of the verb, and what it names.
    private static func subcommand(
        of verb: (any ParsableCommand.Type)?, in words: [String]
    ) -> (Int, any ParsableCommand.Type)? {
        let inner = verb?.configuration.subcommands ?? []
        guard !inner.isEmpty else { return nil }
        for (index, word) in words.enumerated() {
            if let command = inner.first(where: { $0._commandName == word }) { return (index, command) }
        }
        return nil
    }

    /// - Throws: `ValidationError` for a word that is no verb, with the nearest one.
    private func checkVerb(in arguments: [String]) throws {
        let known = verbs.keys.filter { !($0.hasPrefix("-")) } + ["help"]
        guard let word = arguments.first(where: { !$0.hasPrefix("-") }), !known.contains(word),
            !arguments.contains(where: { ["-h", "--help", "--version"].contains($0) })
        else { return }
        let near = Names.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw ValidationError("there is no verb '\(word)'\(near)")
    }

    private func verbPosition(in arguments: [String]) -> Int? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if verbs[argument] != nil { return index }
            guard argument.hasPrefix("-") else { return nil }
            if ["-h", "--help", "--version"].contains(argument) { return nil }
            let hasType =
                ["-t", "--type"].contains(argument)
                && ["hysds", "sdskit"].contains(arguments.dropFirst(index + 1).first)
            index += hasType || (argument != "--type" && CommandLineRewriting.valued.contains(argument)) ? 2 : 1
        }
        return nil
    }

    private func expand(_ arguments: [String], _ flags: [String]) throws -> [String] {
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return result + arguments[index...] }
            var text = try expanded(argument, flags)
            let next = arguments.dropFirst(index + 1).first
            if (text == "-t" || text == "--type"), next != "hysds" && next != "sdskit" { text = "--type=hysds" }
            result.append(text)
        }
        return result
    }

    private func expanded(_ argument: String, _ flags: [String]) throws -> String {
        guard argument.hasPrefix("--"), argument.count > 2 else { return argument }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard !flags.contains(name) else { return argument }
        var fitting = flags.filter { $0.hasPrefix(name) }
        if fitting.count > 1 {
            let old = fitting.filter { CommandLineRewriting.inherited.contains($0) }
            guard old.count == 1 else {
                throw ValidationError("'\(name)' is ambiguous: it could be \(fitting.joined(separator: " or "))")
            }
            fitting = old
        }
        guard let flag = fitting.first else { return argument }
        return ([flag] + parts.dropFirst().map(String.init)).joined(separator: "=")
    }

    /// The long flags of a command as its own help lists them.
    private static func longFlags(of command: any ParsableCommand.Type) -> [String] {
        let words = command.helpMessage(columns: 500).split { " ,[]|<>\n=".contains($0) }
        return Array(Set(words.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init))).sorted()
    }
}
