internal import Cluster
internal import FoundationEssentials
package import Kubernetes

/// Who holds the namespace's lock, as its Lease says.
package struct LockState: Sendable, Encodable, Equatable {
    package var apiVersion = "sds/v1"
    package var kind = "Lock"
    package var namespace: String
    package var isHeld: Bool
    /// `ops@host 1A2B3C4D`; nil when nobody holds it.
    package var holder: String?
    /// `update grq`.
    package var command: String?
    package var since: String?
    /// Seconds since the holder last said that it lives, by this machine's clock; a crashed one's lock frees itself.
    package var silentSeconds: Int?
    package var lifeSeconds: Int?

    package init(_ lease: KubernetesObject?, namespace: String, now: Double) {
        self.namespace = namespace
        let text = lease?[path: ["spec", "holderIdentity"]]?.string ?? ""
        isHeld = !text.isEmpty
        guard let lease, isHeld else { return }
        let parts = text.firstRange(of: ": sds ")
        holder = parts.map { String(text[..<$0.lowerBound]) } ?? text
        command = parts.map { String(text[$0.upperBound...]) }
        since = lease[path: ["spec", "acquireTime"]]?.string
        lifeSeconds = lease[path: ["spec", "leaseDurationSeconds"]]?.integer
        let renewed = lease[path: ["spec", "renewTime"]]?.string.flatMap(LockState.seconds)
        silentSeconds = renewed.map { max(0, Int(now - $0)) }
    }

    /// Whether the holder has been silent for so long that the next verb takes the lock.
    package var isAbandoned: Bool {
        guard let silentSeconds, let lifeSeconds else { return false }
        return isHeld && silentSeconds > lifeSeconds
    }

    /// MicroTime as seconds since 1970, fractions dropped.
    private static func seconds(_ text: String) -> Double? {
        let whole = text.prefix { $0 != "." && $0 != "Z" } + "Z"
        return (try? Date(String(whole), strategy: .iso8601))?.timeIntervalSince1970
    }
}

/// `lock`: shows who works in the namespace, and takes the lock from a holder that hangs.
package struct Lock: Sendable {
    package init() {}

    package func callAsFunction(_ session: Session) async throws -> LockState {
        try await look(session).0
    }

    /// Takes the lock from its holder, which notices within seconds and stops.
    ///
    /// - Throws: `OperationError` (conflict) when the holder changed since it was shown.
    package func release(_ session: Session, heldBy shown: LockState) async throws {
        let (state, lease) = try await look(session)
        guard var lease, state.isHeld else { return }
        guard state.holder == shown.holder else {
            throw OperationError(
                .conflict, "the lock is held by \(state.holder ?? "") now, not by \(shown.holder ?? "nobody")",
                hint: "look again: 'sds lock status'")
        }
        for _ in 0..<5 {
            lease[path: ["spec", "holderIdentity"]] = ""
            lease[path: ["spec", "leaseDurationSeconds"]] = 1
            do throws(ClusterError) {
                _ = try await session.client.send(.replace(lease, .lease, namespace: session.namespace))
                await Announcement(session).done("taken from \(shown.holder ?? "its holder")")
                return
            } catch {
                // The holder renews it every few seconds; that is no other holder.
                guard error.kind == .conflict else { throw error }
            }
            let (next, found) = try await look(session)
            guard let found, next.isHeld, next.holder == shown.holder else { return }
            lease = found
        }
        throw OperationError(.conflict, "the lock is being changed by its holder", hint: "try again")
    }

    private func look(_ session: Session) async throws -> (LockState, KubernetesObject?) {
        let lease = try await session.client.find(.lease, namespace: session.namespace, name: RecordNames.lock)
        return (LockState(lease, namespace: session.namespace, now: Date().timeIntervalSince1970), lease)
    }
}
