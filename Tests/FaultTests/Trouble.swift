import Cluster
import FakeCluster
import Testing

/// A fault, and how operations are to come out of it.
struct Trouble: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable {
        /// It is done all the same.
        case heals
        /// Done by what may be done twice; the rest says that nobody knows.
        case healsIfRepeatable
        /// It fails as one of these.
        case fails(Set<ClusterError.Kind>)
        /// Done or an error, whichever it is.
        case either
        /// The answer can't be told from a right one.
        case undecidable
    }

    let testDescription: String
    let effect: Fault.Effect
    let times: Int?
    let expectation: Expectation
    /// Operations that it says nothing about, or that come out of it another way: by name.
    let exceptions: [String: Expectation]

    init(
        _ name: String, _ effect: Fault.Effect, times: Int? = 1, _ expectation: Expectation,
        except exceptions: [String: Expectation] = [:]
    ) {
        testDescription = name
        self.effect = effect
        self.times = times
        self.expectation = expectation
        self.exceptions = exceptions
    }

    func expectation(for operation: Operation) -> Expectation {
        exceptions[operation.testDescription] ?? expectation
    }

    static let all: [Trouble] = [
        Trouble("429 once", .refuse(429, reason: "TooManyRequests", retryAfter: 1), .heals),
        Trouble(
            "429 for ever", .refuse(429, reason: "TooManyRequests", retryAfter: 1), times: nil,
            .fails([.tooManyRequests, .timeout])),
        Trouble("503 with Retry-After", .refuse(503, reason: "ServiceUnavailable", retryAfter: 1), .heals),
        Trouble(
            "500 for ever", .refuse(500, reason: "InternalError", retryAfter: nil), times: nil, .fails([.serverFailure])
        ),
        Trouble("504 for ever", .refuse(504, reason: "Timeout", retryAfter: nil), times: nil, .fails([.timeout])),
        Trouble(
            "a proxy's page for ever", .say(502, body: "<html>Bad Gateway</html>", type: "text/html"), times: nil,
            .fails([.serverFailure])),
        Trouble("401 once", .refuse(401, reason: "Unauthorized", retryAfter: nil), .heals),
        Trouble(
            "401 for ever", .refuse(401, reason: "Unauthorized", retryAfter: nil), times: nil, .fails([.unauthorized])),
        Trouble("403 for ever", .refuse(403, reason: "Forbidden", retryAfter: nil), times: nil, .fails([.forbidden])),
        Trouble("409 for ever", .refuse(409, reason: "Conflict", retryAfter: nil), times: nil, .fails([.conflict])),
        Trouble(
            "410 once", .refuse(410, reason: "Expired", retryAfter: nil), .fails([.gone]),
            except: ["list": .heals, "watch": .heals, "exec": .heals]),
        Trouble("no answer ever", .hang, times: nil, .fails([.timeout])),
        Trouble("an answer that takes its time", .delay(.milliseconds(400)), .heals),
        Trouble("a connection reset before anything is done", .drop(reset: true), .healsIfRepeatable),
        Trouble("a connection closed before anything is done", .drop(reset: false), .healsIfRepeatable),
        Trouble("a connection reset before the answer", .vanish(reset: true), .healsIfRepeatable),
        Trouble("a reset at byte 10", .cut(afterBytes: 10, reset: true), .healsIfRepeatable, except: bodiless),
        Trouble(
            "a close without TLS's goodbye at byte 10", .cut(afterBytes: 10, reset: false), .healsIfRepeatable,
            except: bodiless),
        Trouble("a clean close at byte 10", .truncate(afterBytes: 10), .healsIfRepeatable, except: bodiless),
        Trouble("one byte at a time", .slow(bytes: 1, pause: .zero), .heals),
        Trouble("64 bytes each 5 ms", .slow(bytes: 64, pause: .milliseconds(5)), .heals),
        Trouble(
            "half of a JSON text", .say(200, body: #"{"kind":"#, type: "application/json"), .fails([.malformed]),
            except: misread),
        Trouble(
            "a login page", .say(200, body: "<html>\nWho are you?\n</html>\n", type: "text/html"), .fails([.malformed]),
            except: misread),
        Trouble("GOAWAY", .goAway, .heals),
        Trouble(
            "GOAWAY that refuses the request", .goAwayRefusing, .healsIfRepeatable,
            except: ["scale": .either, "delete": .either, "lock": .either]),
    ]

    /// An exec has no body to cut; a log that ends early can't be told from a whole one, or is an error.
    private static let bodiless: [String: Expectation] = ["exec": .heals, "log": .either]
    /// A log may be any text; exec tries the other transport; a watch begins anew.
    private static let misread: [String: Expectation] = ["exec": .either, "log": .undecidable, "watch": .either]
}
