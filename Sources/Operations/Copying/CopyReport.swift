/// What a copy did: per pod its receipt, or why there is none.
package struct CopyReport: Sendable, Encodable {
    package enum Direction: String, Sendable, Encodable {
        case upload, download
    }

    package enum Result: String, Sendable, Encodable {
        case copied, unchanged
        /// With `--dry-run`: what would be sent.
        case planned
    }

    package struct Pod: Sendable, Encodable {
        package var pod: String
        package var workload: String?
        package var container: String?
        /// Where a download was put.
        package var path: String?
        package var result: Result?
        /// Files and their bytes, as both sides hold them now.
        package var files = 0
        package var bytes = 0
        /// Those that the other side didn't hold.
        package var sentFiles = 0
        package var sentBytes = 0
        /// Files that a copy that was cut short had brought there already.
        package var resumedFiles = 0
        /// SHA-256 of a file's content; of a folder that of its members' paths, kinds, modes, sizes and contents.
        package var digest: String?
        package var seconds = 0.0
        package var failure: String?
        package var causes: [String] = []
        package var hint: String?
        package var kind: OperationError.Kind?

        package init(pod: String, workload: String?, container: String?) {
            self.pod = pod
            self.workload = workload
            self.container = container
        }

        private enum CodingKeys: String, CodingKey {
            case pod, workload, container, path, result, files, bytes, sentFiles, sentBytes, resumedFiles, digest
            case seconds, failure, causes
        }

        mutating func fail(_ error: OperationError) {
            failure = error.message
            causes = error.causes
            hint = error.hint
            kind = error.kind
            result = nil
        }
    }

    package var apiVersion = "sds/v1"
    package var kind = "Copy"
    package var direction: Direction
    package var source: String
    package var destination: String
    package var isDryRun: Bool
    package var pods: [Pod] = []

    package init(direction: Direction, source: String, destination: String, isDryRun: Bool) {
        self.direction = direction
        self.source = source
        self.destination = destination
        self.isDryRun = isDryRun
    }

    package var failures: [Pod] { pods.filter { $0.failure != nil } }

    /// Nil when every pod has it.
    package var error: OperationError? {
        let failures = failures
        guard let first = failures.first else { return nil }
        let kinds = Set(failures.map { $0.kind ?? .failed })
        if failures.count < pods.count {
            let hints = Set(failures.map { $0.hint ?? "mend that and run the same command again" })
            return OperationError(
                .partial, "\(failures.count) of \(pods.count) pods failed", causes: failures.flatMap(\.lines),
                hint: "all others are done; " + hints.sorted().joined(separator: "; "))
        }
        let kind = kinds.count == 1 ? kinds.first ?? .failed : .failed
        guard pods.count > 1 else {
            return OperationError(
                kind, "\(first.pod): \(first.failure ?? "")", causes: first.causes, hint: first.hint)
        }
        return OperationError(
            kind, "all \(pods.count) pods failed", causes: failures.flatMap(\.lines),
            hint: failures.compactMap(\.hint).first)
    }
}

extension CopyReport.Pod {
    fileprivate var lines: [String] {
        ["\(pod): \(failure ?? "")"] + causes.map { "\(pod): \($0)" }
    }
}
