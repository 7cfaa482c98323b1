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
        guard let text = try? JSONText.document(self) else { preconditionFailure("texts and numbers always encode") }
        OutputStream.write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }
}
