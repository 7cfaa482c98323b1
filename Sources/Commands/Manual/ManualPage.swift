internal import ArgumentParser
internal import Foundation

/// A manual page of the program or of one verb, in roff, made from the command line's own definition.
struct ManualPage {
    let name: String
    let text: String

    /// The program's page first, then one a verb.
    static func all() throws -> [ManualPage] {
        let tree = try JSONDecoder().decode(CommandTree.self, from: Data(SDS._dumpHelp().utf8)).command
        let verbs = (tree.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
        return [page(of: tree, verbs: verbs)] + verbs.map { page(of: $0, verbs: []) }
    }

    private static func page(of command: CommandTree.Command, verbs: [CommandTree.Command]) -> ManualPage {
        let isVerb = verbs.isEmpty
        let name = isVerb ? "sds-\(command.commandName)" : command.commandName
        let called = isVerb ? "sds \(command.commandName)" : command.commandName
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"sds \(SDS.configuration.version)\" \"sds\"", ".SH NAME",
            "\(escaped(name)) \\- \(escaped(command.abstract ?? ""))", ".SH SYNOPSIS",
            ".B \(escaped(called))", escaped(synopsis(of: command, isVerb: isVerb)),
        ]
        if let discussion = command.discussion { lines += sections(of: discussion) }
        let arguments = (command.arguments ?? []).filter { $0.shouldDisplay != false }
        lines += list("ARGUMENTS", arguments.filter { $0.kind == "positional" })
        lines += list("OPTIONS", arguments.filter { $0.kind != "positional" })
        for inner in isVerb ? (command.subcommands ?? []).filter({ $0.commandName != "help" }) : [] {
            lines += section(of: inner, in: called)
        }
        if !isVerb {
            lines.append(".SH VERBS")
            for verb in verbs {
                lines += [".TP", ".BR sds-\(escaped(verb.commandName)) (1)", escaped(verb.abstract ?? "")]
            }
            lines += exitCodes + files
        } else {
            lines += [".SH SEE ALSO", ".BR sds (1)"]
        }
        return ManualPage(name: name, text: lines.joined(separator: "\n") + "\n")
    }

    /// What `sds pkg export` takes, in the page of `sds pkg`.
    private static func section(of command: CommandTree.Command, in called: String) -> [String] {
        let arguments = (command.arguments ?? []).filter { $0.shouldDisplay != false }
        let title = "\(called) \(command.commandName) \(synopsis(of: command, isVerb: true))"
        let entries = list("", arguments)
        return [".SH \(escaped(title))", escaped(command.abstract ?? "")]
            + entries.dropFirst()
    }

    private static func synopsis(of command: CommandTree.Command, isVerb: Bool) -> String {
        guard isVerb else { return "VERB [ARGUMENT ...] [OPTION ...]" }
        if command.subcommands?.contains(where: { $0.commandName != "help" }) == true {
            return "COMMAND [ARGUMENT ...] [OPTION ...]"
        }
        let arguments = (command.arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay != false }.map {
            let name = ($0.valueName ?? "argument").uppercased() + ($0.isRepeating == true ? " ..." : "")
            return $0.isOptional == true ? "[\(name)]" : name
        }
        return (arguments + ["[OPTION ...]"]).joined(separator: " ")
    }

    /// Examples first, as they stand; the rest as paragraphs.
    private static func sections(of text: String) -> [String] {
        let paragraphs = text.components(separatedBy: "\n\n")
        var lines: [String] = []
        var hasDescription = false
        for paragraph in paragraphs {
            let own = paragraph.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if own.first == "EXAMPLES" {
                lines += [".SH EXAMPLES", ".nf"] + own.dropFirst().map(escaped) + [".fi"]
            } else {
                lines += hasDescription ? [".PP"] : [".SH DESCRIPTION"]
                hasDescription = true
                lines += own.map(escaped)
            }
        }
        return lines
    }

    private static func list(_ title: String, _ arguments: [CommandTree.Argument]) -> [String] {
        guard !arguments.isEmpty else { return [] }
        return [".SH \(title)"]
            + arguments.flatMap { argument in
                [".TP", ".B \(escaped(argument.title))", escaped(argument.abstract ?? "")]
            }
    }

    private static let exitCodes = [
        ".SH EXIT STATUS",
        "0 done, nothing to do or declined; 1 failed; 2 usage or configuration; 3 lock or field conflict;",
        "4 not allowed; 5 unreachable; 6 digest mismatch; 7 some targets done; 8 unhealthy; 124 timed out; 130, 143 signals.",
        "Of diff: 0 same, 1 differs, more: an error. Of run: the command's own.",
    ]
    private static let files = [
        ".SH FILES", ".TP", ".I ~/.sds/config",
        "The configuration; 'sds configure \\-\\-reference' explains every key.",
        ".TP", ".I ~/.sds/files", "Templates that take the place of sds's own.", ".TP", ".I ~/.sds/hooks",
        "Programs pre\\-VERB[\\-COMPONENT] and post\\-VERB[\\-COMPONENT] around each verb that changes something.",
    ]

    /// roff takes a backslash, a hyphen, and a dot or quote at a line's beginning for its own.
    private static func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\n", with: " ")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
