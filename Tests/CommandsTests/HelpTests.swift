import ArgumentParser
import Foundation
import Testing

@testable import Commands

@Suite("Help, completion and manual pages")
struct HelpTests {
    static let built = SDS.configuration.groupedSubcommands.flatMap(\.subcommands).filter {
        !($0 is any UnbuiltVerb.Type)
    }

    @Test("of every verb leads with examples", arguments: built.map { $0._commandName })
    func examples(verb: String) {
        let command = Self.built.first { $0._commandName == verb }
        let discussion = command?.configuration.discussion ?? ""
        #expect(discussion.hasPrefix("EXAMPLES\n"), "\(verb)")
        #expect(discussion.contains("sds \(verb)"))
        #expect(command?.configuration.abstract.isEmpty == false)
    }

    @Test(
        "names what was meant",
        arguments: [
            ("updat grq", "did you mean 'update'"), ("stats", "did you mean 'status'"),
            ("update grq --forse", "Did you mean '--force'"),
            ("-d rollbak", "did you mean 'rollback'"),
        ])
    func verbs(line: String, part: String) throws {
        do {
            let words = try CommandLineRewriting(SDS.self).rewritten(line.split(separator: " ").map(String.init))
            _ = try SDS.parseAsRoot(words)
            Issue.record("it was accepted")
        } catch {
            #expect(SDS.fullMessage(for: error).contains(part))
            #expect(SDS.exitCode(for: error) == .validationFailure)
        }
    }

    @Test("names the component and the workload that were meant")
    func components() async throws {
        try await Workplace.run { place in
            for (line, part) in [
                ("update gqr -f", "did you mean grq"), ("logs mozart-rst", "did you mean mozart-rest"),
                ("history factotm", "did you mean factotum"),
            ] {
                let result = try await place.sds(line)
                #expect(result.code == 2 && result.errors.contains(part), "\(result)")
            }
        }
    }

    @Test("is completed by bash, zsh and fish, with the names of workloads", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        try await Workplace.run { place in
            let script = try await place.sds("completion \(shell)")
            #expect(script.code == 0)
            for word in ["update", "factotum", "configure", "dry-run"] {
                #expect(script.output.contains(word), "\(word)")
            }
            // What the script asks the program when it wants names.
            let names = try await place.sds([
                "---completion", "logs", "--", "positional@0", "1", "0", "sds", "logs", "",
            ])
            #expect(names.code == 0, "\(names)")
            #expect(names.output.contains("mozart-rest") && names.output.contains("factotum"))
        }
    }

    @Test("has a manual page for the program and each verb that a reader of roff takes")
    func manual() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "manual man")
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: place.home.appending(path: "man").path))
            #expect(names.isSuperset(of: ["sds.1", "sds-update.1", "sds-configure.1", "sds-start_tps.1"]))
            #expect(!names.contains("sds-manual.1"))
            let page = try #require(place.read("man/sds-update.1"))
            let lines = page.split(separator: "\n")
            #expect(lines.first?.hasPrefix(".TH SDS-UPDATE 1") == true)
            let headings = lines.filter { $0.hasPrefix(".SH ") }
            #expect(headings.prefix(4) == [".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLES", ".SH DESCRIPTION"])
            #expect(page.contains("\\-\\-config\\-only"))
            let macros: Set<Substring> = [".TH", ".SH", ".TP", ".B", ".BR", ".I", ".PP", ".nf", ".fi"]
            for line in lines where line.hasPrefix(".") {
                #expect(macros.contains(line.prefix { $0 != " " }), "\(line)")
            }
        }
    }
}
