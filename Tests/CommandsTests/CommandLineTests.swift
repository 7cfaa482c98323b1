import ArgumentParser
import Operations
import Testing

@testable import Commands

@Suite("sdscli's command lines")
struct CommandLineTests {
    /// Made once: it reads the help of every verb.
    private static let rewriting = CommandLineRewriting(SDS.self)

    private func words(_ line: String) throws -> [String] {
        try Self.rewriting.rewritten(line.split(separator: " ").map(String.init))
    }

    private func parse<Command: ParsableCommand>(_ line: String, as type: Command.Type) throws -> Command {
        let command = try SDS.parseAsRoot(try words(line))
        return try #require(command as? Command)
    }

    private func code(_ line: String) -> Int32 {
        do {
            _ = try SDS.parseAsRoot(try words(line))
            return 0
        } catch {
            switch SDS.exitCode(for: error) {
            case .success: return 0
            case .validationFailure: return 2
            case let other: return other.rawValue
            }
        }
    }

    // 6.1.1: grammar

    @Test(arguments: [
        "-d update grq -f", "update -d grq -f", "update grq -d -f", "update grq -f -d", "--debug update grq --force",
        "update -df grq", "update -fd grq", "update grq --debug --for", "-d update --f grq", "update --deb -f grq",
    ])
    func `-d and -f stand anywhere, alone, combined or shortened`(line: String) throws {
        let command = try parse(line, as: UpdateCommand.self)
        #expect(command.options.debug)
        #expect(command.change.force)
        #expect(command.component == "grq")
    }

    @Test(arguments: [
        "update all -t hysds -f", "update all -f -t", "-t hysds update all -f", "update -t hysds all -f",
        "update -t all -f", "update all --type hysds -f", "update all --ty hysds -f", "update all --type=hysds -f",
        "--type hysds update all -f", "update all --type -f", "-t update all -f",
    ])
    func `-t takes a value or none`(line: String) throws {
        let command = try parse(line, as: UpdateCommand.self)
        #expect(command.options.type == "hysds")
        #expect(command.change.force)
        #expect(command.component == "all")
    }

    @Test(arguments: [
        "update grq -n -c -f", "update grq -ncf", "update -cnf grq", "update grq --ndeps --config-only --force",
        "update grq --nd --config-o --fo", "update --n --f --config- grq",
    ])
    func `update's own flags come combined and shortened`(line: String) throws {
        let command = try parse(line, as: UpdateCommand.self)
        #expect(command.ndeps && command.configOnly && command.change.force)
    }

    @Test(arguments: [("update grq --f", "--force"), ("update grq --n", "--ndeps"), ("update grq --d", "--debug")])
    func `a prefix that fits sdscli's flag and one of ours means sdscli's`(line: String, flag: String) throws {
        #expect(try words(line).contains(flag))
    }

    @Test(arguments: ["stop grq --w", "reset grq --no", "logs grq --fo"])
    func `flags that only we have shorten too`(line: String) {
        #expect(code(line) == 0)
    }

    @Test(arguments: [
        ("-d pkg import a.tar", "pkg import -d a.tar"), ("pkg -d import a.tar -D", "pkg import -d a.tar -D"),
        ("-d pkg -t hysds export a:1 -o x", "pkg export -d -t hysds a:1 -o x"),
        ("pkg export a --acc --skip", "pkg export a --accounts --skip-include-dependency-images"),
        ("-d orch run mozart ls -d --f", "orch run -d mozart ls -d --f"),
        ("orch start core -f --rel latest", "orch start core -f --release latest"),
    ])
    func `flags before the second word of a verb belong behind it`(line: String, expected: String) throws {
        #expect(try words(line).joined(separator: " ") == expected)
        #expect(code(line) == 0)
    }

    @Test(arguments: [
        "pkg lss", "pkg export", "pkg import", "pkg rm", "orch init", "orch ps nothing -x", "pkg import a -f",
    ])
    func `what sdscli refused of packages and orch is refused`(line: String) {
        #expect(code(line) == 2)
    }

    @Test(arguments: ["mozart", "grq", "metrics", "factotum", "all"], ["update", "start", "stop", "reset", "status"])
    func `every verb takes every component as a word`(component: String, verb: String) throws {
        #expect(code(verb == "status" ? "\(verb) \(component)" : "\(verb) \(component) -f") == 0)
        #expect(try words("\(verb) \(component)") == [verb, component])
    }

    // 6.1.2: letters

    @Test func `the letters that sdscli took mean what they meant, and ours are long only`() {
        for verb in ["update", "start", "stop", "reset", "status", "rollback", "history", "diff", "lock"] {
            let command = SDS.configuration.groupedSubcommands.flatMap(\.subcommands).first { $0._commandName == verb }
            let help = command?.helpMessage(columns: 500) ?? ""
            let letters = help.split { " ,[]|<>\n=".contains($0) }.filter {
                $0.count == 2 && $0.first == "-" && $0 != "--"
            }
            #expect(
                Set(letters.map(String.init)).isSubset(of: ["-d", "-t", "-f", "-n", "-c", "-h"]), "\(verb): \(letters)")
        }
        #expect(code("update grq -o json") == 2)
    }

    // 6.1.4: exit codes

    @Test(arguments: [
        ("update", 2), ("nonsense", 2), ("update grq --nonsense", 2), ("update grq mozart", 2), ("update grq -x", 2),
        ("update grq -t sdskit", 2), ("stop grq --wait-jobs --now", 2), ("update grq --timeout soon", 2),
        ("rollback grq --to zero", 2), ("rollback grq --to 0", 2), ("lock steal", 2), ("--help", 0),
        ("update --help", 0),
        ("-h", 0), ("--version", 0), ("status", 0), ("diff", 0), ("history", 0), ("lock", 0),
    ])
    func `a wrong command line is 2, help is 0`(line: String, expected: Int32) {
        #expect(code(line) == expected)
    }

    @Test func `no word at all is 1`() async {
        #expect(await EntryPoint.run([]) == 1)
    }

    @Test(arguments: ["ci add_job -k URL s3", "cloud ls", "cloud asg -c aws ls"])
    func `a word that isn't built yet is 1, whatever follows`(line: String) async {
        #expect(await EntryPoint.run(line.split(separator: " ").map(String.init)) == 1)
    }

    @Test func `a verb that needs another word and has none is 1`() async {
        #expect(await EntryPoint.run(["job"]) == 1)
        #expect(await EntryPoint.run(["rules"]) == 1)
    }

    @Test(arguments: ["-d rules import F", "rules -d import F", "rules import F -d", "--deb rules import F -t hysds"])
    func `flags stand before, between and after the words of a verb`(line: String) throws {
        let command = try parse(line, as: RulesImportCommand.self)
        #expect(command.options.debug || line.hasPrefix("--deb"))
        #expect(command.file == "F" && !command.replace)
    }

    @Test(arguments: ["rules export -o F", "rules export --out F", "rules -o F export", "rules export --outfile=F"])
    func `rules export takes a file`(line: String) throws {
        #expect(try parse(line, as: RulesExportCommand.self).outfile == "F")
        #expect(try parse("rules export", as: RulesExportCommand.self).outfile == "user_rules.json")
    }

    @Test(arguments: ["kibana import -f", "kibana -f import", "-d kibana import -f", "kibana import F G -f -t"])
    func `kibana takes its word and files`(line: String) throws {
        let command = try parse(line, as: KibanaCommand.self)
        #expect(command.act == .import && command.force)
        #expect(command.files == (line.contains("F") ? ["F", "G"] : []))
    }

    @Test(arguments: [
        ("kibana", 2), ("kibana export F", 2), ("kibana import -o F", 2), ("kibana fly", 2), ("rules import", 2),
        ("job info", 2), ("job retry", 2), ("job list a b", 2), ("job list", 0), ("job retry a b --dry-run", 0),
    ])
    func `of rules, job and kibana a wrong command line is 2`(line: String, expected: Int32) {
        #expect(code(line) == expected)
    }

    // Ours

    @Test(arguments: [
        "rollback grq --to 3 -f", "--to 3 rollback grq -f", "rollback -f --to=3 grq", "-d rollback --to 3 -f grq",
    ])
    func `rollback's number stands anywhere`(line: String) throws {
        let command = try parse(line, as: RollbackCommand.self)
        #expect(command.to == 3)
        #expect(command.name == "grq")
        #expect(command.change.force)
    }

    @Test func `what follows run's component is the command's own`() throws {
        let command = try parse("-d run grq -- ls -t --for -d", as: RunCommand.self)
        #expect(command.options.debug)
        #expect(command.command.drop { $0 == "--" } == ["ls", "-t", "--for", "-d"])
    }

    @Test(arguments: ["lock release -f", "-d lock release -f", "lock -f release"])
    func `lock release takes -f`(line: String) throws {
        let command = try parse(line, as: LockCommand.self)
        #expect(command.act == .release && command.force)
    }

    @Test(arguments: [
        ("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("0", 0),
    ])
    func `times take a unit or are seconds`(text: String, seconds: Int) throws {
        #expect(try Interval.parse(text) == .seconds(seconds))
    }

    @Test(arguments: ["", "m", "-1", "1.5h", "1w", "soon", "99999999999999999999", "1 m"])
    func `what is no time is refused with what is expected`(text: String) {
        #expect {
            try Interval.parse(text)
        } throws: {
            "\($0)".contains("90s, 15m or 2h")
        }
    }
}
