internal import Synchronization

/// Asks the credential source, and sees to it that many refused requests renew the credential once.
final class CredentialCell: Sendable {
    struct Login {
        var credential: Credential
        /// How often it had been renewed by then.
        var generation: Int
    }

    private let source: ClusterAccess.CredentialSource
    private let generation = Mutex(0)
    private let gate = Gate(width: 1)

    init(_ source: @escaping ClusterAccess.CredentialSource) {
        self.source = source
    }

    func current() async throws(ClusterError) -> Login {
        let generation = generation.withLock(\.self)
        return Login(credential: try await ask(renew: false), generation: generation)
    }

    /// Renews unless someone else has done so since `seen`.
    func renew(after seen: Int) async throws(ClusterError) {
        let result: Result<Void, ClusterError>? = await gate.through {
            guard generation.withLock({ $0 == seen }) else { return .success(()) }
            do throws(ClusterError) {
                _ = try await ask(renew: true)
            } catch {
                return .failure(error)
            }
            generation.withLock { $0 += 1 }
            return .success(())
        }
        guard let result else { throw ClusterError(.cancelled, "credential", "cancelled") }
        try result.get()
    }

    private func ask(renew: Bool) async throws(ClusterError) -> Credential {
        do {
            return try await source(renew)
        } catch let error as ClusterError {
            throw error
        } catch is CancellationError {
            throw ClusterError(.cancelled, "credential", "cancelled")
        } catch {
            throw ClusterError(.credential, "credential", "\(error)")
        }
    }
}
