/// The answer of `configure check`: a line for each thing looked at, with what to do where something lacks.
package struct CheckReport: Sendable, Encodable, Equatable {
    package enum State: String, Sendable, Encodable {
        case ok
        /// It works, but is hardly meant.
        case warning
        /// It can't work like this.
        case lacking
        /// Nobody may say: a right to look is missing.
        case unknown
    }

    package struct Line: Sendable, Encodable, Equatable {
        package var subject: String
        package var state: State
        package var detail: String
        /// What to do.
        package var advice: String?

        package init(_ subject: String, _ state: State, _ detail: String, advice: String? = nil) {
            self.subject = subject
            self.state = state
            self.detail = detail
            self.advice = advice
        }
    }

    package var apiVersion = "sds/v1"
    package var kind = "Check"
    package var lines: [Line]
    private var code: Int32 = 0

    package init(lines: [Line] = []) {
        self.lines = lines
    }

    private enum CodingKeys: String, CodingKey {
        case apiVersion, kind, lines
    }

    /// The program's exit code: 0 when nothing lacks, 2 for the files, 5 for the way to the cluster, 4 when only rights
    /// lack, 8 for the rest.
    package var exitCode: Int32 { code }

    package mutating func add(_ lines: [Line], lacking code: Int32) {
        self.lines += lines
        guard lines.contains(where: { $0.state == .lacking }) else { return }
        self.code = self.code == 0 || self.code == code ? code : [self.code, code].contains(2) ? 2 : 8
    }
}
