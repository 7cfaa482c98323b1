import FoundationEssentials

/// A token in a file that someone else renews: in a pod the kubelet, about every hour.
actor TokenFile {
    /// How long what was read is believed.
    private static let freshness: TimeInterval = 60

    private let path: String
    private let subject: String
    private let fallback: String?
    private let now: @Sendable () -> Date
    private var last: (token: String, at: Date)?

    /// - Parameter fallback: The token beside it in the kubeconfig, for when the file can't be read.
    init(path: String, subject: String, fallback: String? = nil, now: @escaping @Sendable () -> Date) {
        self.path = path
        self.subject = subject
        self.fallback = fallback
        self.now = now
    }

    func token(renew: Bool) throws(ClusterError) -> String {
        let time = now()
        if !renew, let last, abs(time.timeIntervalSince(last.at)) < Self.freshness { return last.token }
        do throws(ClusterError) {
            let token = try read()
            last = (token, time)
            return token
        } catch {
            if let known = last?.token ?? fallback, !renew { return known }
            throw error
        }
    }

    private func read() throws(ClusterError) -> String {
        let bytes: [UInt8]
        do throws(ClusterError) {
            bytes = try ConfigFile.bytes(path, subject: subject)
        } catch {
            throw ClusterError(.credential, error.subject, error.message, hint: error.hint)
        }
        let token = BearerToken.trimmed(String(decoding: bytes, as: UTF8.self))
        guard !token.isEmpty else { throw ClusterError(.credential, subject, "\(path) is empty, expected a token") }
        guard BearerToken.isValid(token) else {
            throw ClusterError(.credential, subject, "\(path) holds something else than one token")
        }
        return token
    }
}
