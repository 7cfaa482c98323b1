/// The server's `Status`: what an error reply, a deletion's reply or an exec's error channel says.
package struct APIStatus: Hashable, Sendable, Codable, Error {
    /// One line of the details: a field that conflicts, an exit code, a field that isn't valid.
    package struct Cause: Hashable, Sendable, Codable {
        package var reason: String?
        package var message: String?
        package var field: String?

        package init(reason: String? = nil, message: String? = nil, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    package var isSuccess: Bool
    /// `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `Expired` …; empty when there is none.
    package var reason: String
    package var message: String
    /// The HTTP status, 0 when the text names none.
    package var code: Int
    package var causes: [Cause]
    package var retryAfterSeconds: Int?

    package init(
        isSuccess: Bool = false, reason: String = "", message: String = "", code: Int = 0, causes: [Cause] = [],
        retryAfterSeconds: Int? = nil
    ) {
        self.isSuccess = isSuccess
        self.reason = reason
        self.message = message
        self.code = code
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Nil for anything that is no `Status` with a known outcome: a missing outcome is not taken for success.
    package init?(_ json: JSONValue) {
        guard let outcome = json["status"]?.string, outcome == "Success" || outcome == "Failure" else { return nil }
        isSuccess = outcome == "Success"
        reason = json["reason"]?.string ?? ""
        message = json["message"]?.string ?? ""
        code = json["code"]?.integer ?? 0
        causes = (json[path: ["details", "causes"]]?.array ?? []).map {
            Cause(reason: $0["reason"]?.string, message: $0["message"]?.string, field: $0["field"]?.string)
        }
        retryAfterSeconds = json[path: ["details", "retryAfterSeconds"]]?.integer
    }
}

extension APIStatus {
    /// A field of a server-side apply that someone else owns with another value.
    package struct Conflict: Hashable, Sendable, Codable {
        package var manager: String
        package var field: String
    }

    /// Empty unless the status is the 409 of a server-side apply.
    package var conflicts: [Conflict] {
        causes.filter { $0.reason == "FieldManagerConflict" }.map {
            Conflict(manager: Self.manager(in: $0.message ?? ""), field: $0.field ?? "")
        }
    }

    /// `conflict with "kubectl" using apps/v1` → `kubectl`.
    private static func manager(in message: String) -> String {
        let parts = message.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : message
    }

    /// The exit code that an exec's status names; 0 for success, nil when the command's end isn't known.
    package var exitCode: Int? {
        if isSuccess { return 0 }
        guard reason == "NonZeroExitCode", let cause = causes.first(where: { $0.reason == "ExitCode" }),
            let code = cause.message.flatMap(Int.init), (1...255).contains(code)
        else { return nil }
        return code
    }
}
