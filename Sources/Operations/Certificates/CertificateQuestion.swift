internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Asks servers from inside the cluster which certificate they present, as their clients do.
struct CertificateQuestion {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Prints a line for each address: the certificate's SHA-256, or why there is none.
    private static let script = """
        import hashlib, socket, ssl, sys
        for address in sys.argv[1:]:
            host, _, port = address.rpartition(":")
            context = ssl.create_default_context(cafile="/sds-trust/ca.crt")
            context.check_hostname = False
            try:
                with socket.create_connection((host, int(port)), timeout=10) as plain:
                    with context.wrap_socket(plain) as link:
                        print(hashlib.sha256(link.getpeercert(True)).hexdigest())
            except OSError as error:
                print("no answer: " + str(error))
        """

    /// - Returns: the names of pods that don't present it, or nobody when nothing runs that could ask them.
    func notPresenting(_ wanted: RenewedCertificate, among pods: [KubernetesObject]) async throws -> [String] {
        let addressed = pods.filter { $0[path: ["status", "podIP"]]?.string != nil }
        guard !addressed.isEmpty else { return [] }
        guard let asker = try await asker() else {
            session.emit(
                .note(
                    "nothing runs that could ask \(addressed.map(\.name).joined(separator: ", ")) for its certificate"))
            return []
        }
        let addresses = addressed.compactMap { pod in
            pod[path: ["status", "podIP"]]?.string.map { "\($0):\(wanted.port)" }
        }
        let target = ExecTarget(
            namespace: asker.namespace ?? session.namespace, pod: asker.name, container: asker.mainContainer)
        let result: ExecResult
        do {
            result = try await session.client.run(
                target, ["python3", "-c", CertificateQuestion.script] + addresses, timeout: .seconds(60))
        } catch {
            return addressed.map { "\($0.name) (\(asker.name) can't ask: \(error.message))" }
        }
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == addresses.count else {
            return addressed.map { "\($0.name) (\(asker.name) can't ask: \(result.errorText))" }
        }
        return zip(addressed, lines).compactMap { pod, line in
            line == wanted.fingerprint ? nil : line.hasPrefix("no answer") ? "\(pod.name) (\(line))" : pod.name
        }
    }

    /// A ready pod with a release of ours, and so with Python and the authorities.
    private func asker() async throws -> KubernetesObject? {
        try await session.client.list(
            ObjectSelection(.pod, namespace: session.namespace, labels: RecordNames.everything)
        ).items.filter {
            $0.isReady && $0.isUp && $0.mountPath(of: Rendering.trust) != nil && $0.mountPath(of: "sds-chunks") != nil
        }.min { $0.name < $1.name }
    }
}
