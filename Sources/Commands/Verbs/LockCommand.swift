internal import ArgumentParser
internal import Operations

struct LockCommand: AsyncParsableCommand {
    enum Act: String, ExpressibleByArgument, CaseIterable {
        case status, release
    }

    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Show who changes the namespace now, or take the lock from a holder that hangs.",
        discussion: """
            EXAMPLES
              sds lock status
              sds lock release -f

            A holder that died loses the lock by itself within seconds. One that loses it while it works stops at once.
            """)

    @Argument(help: "status or release.")
    var act = Act.status
    @Flag(name: [.customShort("f"), .long], help: "Take the lock from the holder that is shown.")
    var force = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let session = try await surroundings.session("lock \(act.rawValue)", Session.Options())
        do {
            var state = try await Lock()(session)
            if act == .release, state.isHeld {
                guard force else {
                    throw OperationError(
                        .usage, LockCommand.text(state), hint: "say -f to take the lock from it: its work stops there")
                }
                surroundings.console.message(LockCommand.text(state))
                try await Lock().release(session, heldBy: state)
                state = try await Lock()(session)
            }
            try surroundings.console.result(state) { [LockCommand.text($0)] }
        } catch {
            throw OperationError(error)
        }
    }

    static func text(_ state: LockState) -> String {
        guard state.isHeld else { return "nobody holds the lock of the namespace \(state.namespace)" }
        var text = "the lock of the namespace \(state.namespace) is held by \(state.holder ?? "somebody")"
        if let command = state.command { text += ": sds \(command)" }
        if let since = state.since { text += ", since \(since)" }
        if let silent = state.silentSeconds {
            text += state.isAbandoned ? ", silent for \(silent) s: the next verb takes it" : ", alive \(silent) s ago"
        }
        return text
    }
}
