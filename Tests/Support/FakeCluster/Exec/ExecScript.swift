/// What a command does that is run in a pod of the fake: steps, carried out one after another.
package struct ExecScript: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case output(String)
        case errors(String)
        /// So many bytes on stdout.
        case fill(bytes: Int)
        /// Gives stdin back on stdout until it ends.
        case echo
        /// Reads stdin to its end.
        case drain
        /// Reads so many bytes of stdin, as `head -c` does.
        case take(bytes: Int)
        /// Prints the SHA-256 of all stdin read so far, as `sha256sum` does.
        case digest
        /// Prints how much of stdin was read so far.
        case count
        case wait(Duration)
        /// Never ends by itself.
        case hang
        case exit(Int)
        /// The runtime couldn't start it, or lost it.
        case fail(String)
        /// Its streams end, but no status comes.
        case endWithoutStatus
        /// The connection ends without a word of the protocol.
        case cut(reset: Bool)
        /// Bytes on the wire that are no protocol.
        case garbage([UInt8])
        /// Something else than a `Status` where the status belongs.
        case status(String)
    }

    package var steps: [Step]

    package init(_ steps: Step...) {
        self.steps = steps
    }

    package static let success = ExecScript(.exit(0))
}
