internal import Foundation
internal import Operations

/// What `--output json` prints for a verb that failed before it had anything else to print.
struct FailureReport: Encodable {
    let apiVersion = "sds/v1"
    let kind = "Failure"
    let message: String
    let causes: [String]
    let hint: String?
    let exitCode: Int32

    init(_ error: OperationError) {
        message = error.message
        causes = error.causes
        hint = error.hint
        exitCode = error.exitCode
    }

    func print() {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("texts and numbers always encode") }
        OutputStream.write([UInt8](data) + [0x0A], to: STDOUT_FILENO)
    }
}
