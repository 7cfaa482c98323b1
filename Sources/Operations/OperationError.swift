internal import Cluster
internal import HySDS
internal import Release

/// What a verb ends with when it can't do what it was asked to: what happened, why, and what to do next.
package struct OperationError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        case failed, usage, held, conflict, forbidden, unreachable, mismatch, partial, unhealthy, timedOut, cancelled
    }

    package var kind: Kind
    package var message: String
    /// Causes in the cluster's own words, most telling first.
    package var causes: [String]
    package var hint: String?

    package init(_ kind: Kind, _ message: String, causes: [String] = [], hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.causes = causes
        self.hint = hint
    }

    package var description: String {
        ([message] + causes.map(Self.line) + (hint.map { ["  hint:  \($0)"] } ?? [])).joined(separator: "\n")
    }

    /// Lines of a log are cut where a terminal of 80 columns ends: `sds logs` and `--output json` have all of them.
    private static func line(of cause: String) -> String {
        guard cause.hasPrefix("log: ") else { return "  cause: \(cause)" }
        let line = "    " + cause
        return line.count <= 80 ? line : line.prefix(79) + "…"
    }

    /// The program's exit code: DESIGN.md lists them all.
    package var exitCode: Int32 {
        switch kind {
        case .failed: 1
        case .usage: 2
        case .held, .conflict: 3
        case .forbidden: 4
        case .unreachable: 5
        case .mismatch: 6
        case .partial: 7
        case .unhealthy: 8
        case .timedOut: 124
        case .cancelled: 130
        }
    }
}

extension OperationError {
    /// Any error of the layers below, with the exit code that it stands for.
    package init(_ error: any Error, while step: String? = nil) {
        let prefix = step.map { "\($0): " } ?? ""
        switch error {
        case let error as OperationError:
            self = error
            if let step, !message.hasPrefix(step) { message = prefix + message }
        case let error as ClusterError:
            let rights =
                "check kubernetes.namespace; an administrator gives the rights with 'sds render all --admin | kubectl apply -f -'"
            self.init(
                Kind(error.kind), prefix + "\(error.subject): \(error.message)",
                hint: error.hint ?? (error.kind == .forbidden ? rights : nil))
        case let error as HySDSErrors:
            self.init(.usage, prefix + error.all.map(\.description).joined(separator: "\n"))
        case let error as ReleaseError:
            self.init(
                error.kind == .damaged ? .mismatch : .usage, prefix + "\(error.path): \(error.message)",
                hint: error.hint)
        case is CancellationError:
            self.init(
                .cancelled, prefix + "stopped before the end", hint: "run the same command again: it goes on from here")
        default:
            self.init(.failed, prefix + String(describing: error))
        }
    }
}

extension OperationError.Kind {
    fileprivate init(_ kind: ClusterError.Kind) {
        switch kind {
        case .conflict: self = .conflict
        case .configuration: self = .usage
        case .forbidden, .unauthorized, .credential: self = .forbidden
        case .unreachable, .tls: self = .unreachable
        case .timeout: self = .timedOut
        case .cancelled: self = .cancelled
        default: self = .failed
        }
    }
}
