internal import Crypto
internal import Dispatch
internal import Glibc
internal import Synchronization

/// Where an archive's blocks go: hashed and written on a thread of its own, so that files are read meanwhile. A few
/// blocks are under way at most.
final class ContextOutput: Sendable {
    private struct State {
        var hash = SHA256()
        var count = 0
        /// The system's error number of a failed write.
        var failure: Int32?
    }

    private static let blocksUnderWay = 4
    /// Nil: only the digest is wanted.
    private let descriptor: Int32?
    private let queue = DispatchQueue(label: "sds.context", qos: .userInitiated)
    private let places = DispatchSemaphore(value: ContextOutput.blocksUnderWay)
    private let state = Mutex(State())

    init(descriptor: Int32?) {
        self.descriptor = descriptor
    }

    /// - Returns: false when an earlier block couldn't be written.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard failure == nil else { return false }
        let block = [UInt8](bytes)
        places.wait()
        queue.async { [self] in
            state.withLock { state in
                state.hash.update(data: block)
                state.count += block.count
                if state.failure == nil, let descriptor { state.failure = ContextOutput.write(block, to: descriptor) }
            }
            places.signal()
        }
        return true
    }

    var failure: Int32? { state.withLock { $0.failure } }

    /// Waits for all blocks.
    func finish() -> (digest: Digest, count: Int, failure: Int32?) {
        queue.sync {}
        return state.withLock { (Digest($0.hash.finalize()), $0.count, $0.failure) }
    }

    private static func write(_ block: [UInt8], to descriptor: Int32) -> Int32? {
        block.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return nil
        }
    }
}
