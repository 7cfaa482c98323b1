internal import Cluster
internal import HySDS
internal import Kubernetes

/// What a cluster must have for a site: reachability, versions, kinds, storage, Secrets, and the rights of the shipped Role.
package struct ClusterCheck: Sendable {
    /// The versions of Kubernetes 1.x that sds was made for.
    private static let minors = 20...36

    let site: Site
    let share: Share

    package init(site: Site, share: Share) {
        self.site = site
        self.share = share
    }

    package func callAsFunction(_ session: Session, into report: inout CheckReport) async throws {
        let minor: Int?
        do {
            let version = try await session.client.send(.version).json
            minor = Lowering.minor(version)
            report.add([Self.version(version, minor)], lacking: 8)
        } catch {
            let failure = OperationError(error)
            return report.add(
                [
                    CheckReport.Line(
                        "cluster", .lacking, failure.message,
                        advice: failure.hint ?? "see kubernetes.context and kubernetes.kubeconfig")
                ],
                lacking: failure.kind == .forbidden ? 4 : 5)
        }
        report.add(try await rights(session), lacking: 4)
        report.add(await kinds(session, minor: minor), lacking: 8)
        report.add(await storage(session), lacking: 8)
        report.add(await secrets(session), lacking: 8)
        report.add(await certificates(session), lacking: 8)
        report.add(await marker(session), lacking: 8)
        report.add(await nodes(session, minor: minor), lacking: 8)
    }

    private static func version(_ version: JSONValue, _ minor: Int?) -> CheckReport.Line {
        let name = version["gitVersion"]?.string ?? "unknown"
        guard let minor else {
            return CheckReport.Line("cluster", .warning, "reached; it says no version that sds can read")
        }
        if minor < minors.lowerBound {
            return CheckReport.Line(
                "cluster", .lacking, "reached, Kubernetes \(name): too old",
                advice: "sds needs 1.\(minors.lowerBound) or later")
        }
        if minor > minors.upperBound {
            return CheckReport.Line(
                "cluster", .warning,
                "reached, Kubernetes \(name): newer than what sds was made for (1.\(minors.upperBound))")
        }
        return CheckReport.Line("cluster", .ok, "reached, Kubernetes \(name)")
    }

}
