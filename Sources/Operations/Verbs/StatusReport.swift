internal import FoundationEssentials
package import HySDS
internal import Kubernetes
internal import Rollout

/// The answer of `status`: one line per program, in sdscli's order of components.
package struct StatusReport: Sendable, Encodable, Equatable {
    package struct Section: Sendable, Encodable, Equatable {
        package var component: String
        package var stores: [Line]
        package var programs: [Line]

        /// Everything of the component stands still because it was stopped or never started.
        package var isStopped: Bool {
            !programs.isEmpty && programs.allSatisfy { $0.state == .stopped }
        }
    }

    package struct Line: Sendable, Encodable, Equatable {
        package var program: String
        package var workload: String
        package var state: Program.State
        package var ready: Int
        package var wanted: Int
        /// Pods per sequence number of the release that they run.
        package var releases: [String: Int]
        /// Pods that are on their way out: they finish what they run.
        package var finishing: Int
        /// Pods that finish a job before they run the release that was shipped to them.
        package var finishingFirst = 0
        package var detail: String
        package var causes: [String]
    }

    package struct Queue: Sendable, Codable, Equatable {
        package var name: String
        package var ready: Int
        package var unacknowledged: Int
        package var consumers: Int

        private enum CodingKeys: String, CodingKey {
            case name, consumers
            case ready = "messages_ready"
            case unacknowledged = "messages_unacknowledged"
        }
    }

    package var apiVersion = "sds/v1"
    package var kind = "Status"
    package var venue: String
    package var namespace: String
    /// The venue that the namespace's marker names; nil for a namespace that sds hasn't touched.
    package var marker: String?
    package var sections: [Section]
    package var queues: [Queue]
    /// What the configuration switches off, with the reason.
    package var omitted: [String: String]
    /// Workloads that an unfinished reset holds at 0.
    package var interrupted: [String]
    /// Certificates of servers and of the authority; none on the plain line.
    package var certificates: [CertificateLine]

    package init(
        venue: String, namespace: String, marker: String?, sections: [Section], queues: [Queue],
        omitted: [String: String], interrupted: [String], certificates: [CertificateLine] = []
    ) {
        self.venue = venue
        self.namespace = namespace
        self.marker = marker
        self.sections = sections
        self.queues = queues
        self.omitted = omitted
        self.interrupted = interrupted
        self.certificates = certificates
    }

    /// Whether everything runs that should. What was stopped on purpose, or scaled down, is healthy, also while its last
    /// job ends.
    package var isHealthy: Bool {
        interrupted.isEmpty && certificates.allSatisfy { $0.state != .bad }
            && sections.allSatisfy { section in
                (section.stores + section.programs).allSatisfy { [.running, .stopped, .stopping].contains($0.state) }
            }
    }
}

extension StatusReport.Line {
    init(
        program: String, workload: Workload, state: ClusterState, probe: StoreProbe?, finishingFirst busy: Set<String>,
        now: Date = Date()
    ) {
        let pods = state.pods(of: workload)
        let live = pods.filter { !$0.isBeingDeleted }
        let readyPods = live.filter(\.isReady)
        let object = state.object(of: workload)
        let wanted = state.replicas(of: workload)
        let assessment = state.assessment(of: workload)
        let causes = (assessment?.causes ?? []).map(\.description)
        var releases: [String: Int] = [:]
        let busyPods = live.filter { busy.contains($0.name) }
        for pod in readyPods.filter({ !busy.contains($0.name) }) + busyPods {
            let recorded = busy.contains(pod.name) ? RecordNames.finishing : RecordNames.sequence
            if let sequence = pod.annotations[recorded] { releases[sequence, default: 0] += 1 }
        }
        let finishing = pods.count - live.count
        let current: Program.State
        if wanted == 0 {
            current = pods.isEmpty ? .stopped : .stopping
        } else if let probe, !probe.isHealthy, !readyPods.isEmpty {
            current = .fatal
        } else if assessment?.isDone == true || (!busyPods.isEmpty && state.onlyFinishes(workload)) {
            current = .running
        } else {
            let isYoung = (assessment?.causes ?? []).allSatisfy { $0.isWithinGrace(of: pods, now: now) }
            current = isYoung ? .starting : .backingOff
        }
        var parts: [String] = []
        if workload.external != nil {
            parts.append("run by others")
        } else if object == nil {
            let wasThere = !pods.isEmpty || state.records.wanted[workload.name] != nil
            parts.append(wasThere ? "deleted by somebody: 'sds update' makes it again" : "never updated")
        } else if wanted > 0 {
            parts.append("\(readyPods.count) of \(wanted) pods ready")
            if !busyPods.isEmpty { parts.append("\(busyPods.count) finish a job first") }
        }
        if let probe, wanted > 0 { parts.append(probe.detail) }
        if !releases.isEmpty {
            let texts = releases.sorted { (Int($0.key) ?? 0) > (Int($1.key) ?? 0) }
                .map { releases.count == 1 ? "release \($0.key)" : "\($0.value) at release \($0.key)" }
            parts.append(texts.joined(separator: ", "))
        }
        if finishing > 0 { parts.append("\(finishing) finishing") }
        self.init(
            program: program, workload: workload.name, state: current, ready: readyPods.count, wanted: wanted,
            releases: releases, finishing: finishing, finishingFirst: busyPods.count,
            detail: parts.joined(separator: ", "), causes: causes)
    }
}

extension Cause {
    /// Whether a pod is so young that this is no trouble yet: it is pulled, scheduled, mounted, or hasn't been asked often.
    /// What ended by itself has failed at whatever age.
    fileprivate func isWithinGrace(of pods: [KubernetesObject], now: Date) -> Bool {
        guard exitCode == nil, let limit = Grace.standard[reason].fail, limit > .zero else { return false }
        guard let made = pods.first(where: { $0.name == pod })?.creationTime, let date = Timestamp.date(made) else {
            return false
        }
        return now.timeIntervalSince(date) < Double(limit.components.seconds)
    }
}
