internal import ArgumentParser
internal import Foundation

struct CompletionCommand: ParsableCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print what makes a shell complete verbs, flags, components and workloads.",
        discussion: """
            EXAMPLES
              source <(sds completion bash)
              sds completion zsh > ~/.zfunc/_sds
              sds completion fish > ~/.config/fish/completions/sds.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        FileHandle.standardOutput.write(Data((SDS.completionScript(for: kind) + "\n").utf8))
    }
}
