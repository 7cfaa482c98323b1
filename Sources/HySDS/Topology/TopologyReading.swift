internal import Kubernetes

extension Topology {
    /// Reads `k8s/` and makes of it what the configuration wants.
    ///
    /// - Throws: everything that is wrong in the files and in what the settings say about them, at once.
    package init(installation: Installation, configuration: Configuration) throws(HySDSErrors) {
        var reading = TopologyReading(settings: configuration.kubernetes, file: configuration.file)
        reading.read(installation.k8s)
        reading.copyTemplates(for: configuration.queues)
        reading.applySettings()
        reading.checkOrder()
        reading.checkExposure()
        try HySDSErrors.check(reading.errors)
        self.init(workloads: reading.workloads, shared: reading.shared, omitted: reading.omitted)
    }
}

/// One reading of `k8s/`.
struct TopologyReading {
    let settings: KubernetesSettings
    let file: String
    var workloads: [Workload] = []
    private(set) var shared: [KubernetesObject] = []
    private(set) var omitted: [String: String] = [:]
    private(set) var errors: [HySDSError] = []
    /// Scalers that every worker gets one of.
    private var scalerTemplates: [KubernetesObject] = []
    private var templateNames: Set<String> = []
    /// What an engine adds to a worker's pods.
    var engines: [WorkloadSettings.Engine: KubernetesObject] = [:]

    init(settings: KubernetesSettings, file: String) {
        self.settings = settings
        self.file = file
    }

    // MARK: Files

    mutating func read(_ files: [String: [UInt8]]) {
        var manifests: [Manifest] = []
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where isPart(name) {
            do {
                manifests.append(try Manifest(parsing: bytes, file: "k8s/\(name)"))
            } catch {
                complain(error.subject, error.message, hint: error.hint)
            }
        }
        do {
            sort(try Manifest(joining: manifests).entries)
        } catch {
            complain(error.subject, error.message, hint: error.hint)
        }
    }

    private func isPart(_ name: String) -> Bool {
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return false }
        switch name.split(separator: "/").first {
        case "admin", "profiles": return false
        case "network-policies": return settings.networkPolicies
        case "keda": return settings.keda
        default: return true
        }
    }

    private mutating func sort(_ entries: [Manifest.Entry]) {
        var reading = WorkloadReading()
        var others: [Manifest.Entry] = []
        for entry in entries where isWanted(entry) {
            if WorkloadReading.kinds.contains(entry.object.kind) {
                guard let workload = reading.workload(entry) else { continue }
                if let same = workloads.first(where: { $0.name == workload.name }) {
                    complain("\(entry.place): \(workload.name)", "a workload of this name is declared in \(same.place)")
                    continue
                }
                workloads.append(workload)
            } else {
                reading.checkNames(entry)
                others.append(entry)
            }
        }
        errors += reading.errors
        for entry in others {
            let owner = entry.object.labels[Annotation.name]
            if entry.object.kind == "PodTemplate" {
                addEngine(entry)
            } else if entry.object.labels[Annotation.queueTemplate] == "true", entry.object.kind == "ScaledObject" {
                scalerTemplates.append(entry.object)
            } else if let index = workloads.firstIndex(where: { $0.name == owner }) {
                workloads[index].companions.append(entry.object)
            } else {
                shared.append(entry.object)
            }
        }
    }

    private mutating func isWanted(_ entry: Manifest.Entry) -> Bool {
        switch entry.object.annotations[Annotation.onlyWith] {
        case nil: return true
        case "ingress": return settings.ingress.isEnabled
        case let other?:
            complain(
                "\(entry.place): \(entry.object.name)", "\(Annotation.onlyWith): expected ingress, found '\(other)'")
            return false
        }
    }

    // MARK: Queues

    mutating func copyTemplates(for queues: [Queue]) {
        let templates = workloads.filter { $0.object.labels[Annotation.queueTemplate] == "true" }
        templateNames = Set(templates.map(\.name))
        let served = Set(workloads.filter { !templateNames.contains($0.name) }.compactMap(\.queue))
        for template in templates {
            var copies: [Workload] = []
            // A queue that k8s/ has workers for needs no second kind of them.
            for queue in queues where !served.contains(queue.name) {
                guard let name = DNSName.label(from: queue.name) else {
                    complain("\(file): QUEUES", "no object can be named after the queue '\(queue.name)'")
                    continue
                }
                if let other = (workloads + copies).first(where: { $0.name == name }) {
                    complain(
                        "\(file): QUEUES",
                        "the workers of '\(queue.name)' would be called \(name), as are those of \(other.queue ?? other.place)",
                        hint: "rename one of the queues")
                    continue
                }
                var copy = template.copy(name: name, queue: queue.name)
                copy.settings = settings.settings(of: template.name, over: settings.everyQueue)
                if let component = queue.component { copy.move(to: component) }
                copies.append(copy)
            }
            guard let index = workloads.firstIndex(where: { $0.name == template.name }) else { continue }
            workloads.replaceSubrange(index...index, with: copies)
        }
    }

    // MARK: Settings

    mutating func applySettings() {
        checkNames()
        for index in workloads.indices {
            var settings = self.settings.settings(of: workloads[index].name, over: workloads[index].settings)
            if let queue = workloads[index].queue {
                settings = self.settings.queueOverrides[queue]?.over(settings) ?? settings
                settings = self.settings.queues[queue]?.over(settings) ?? settings
            }
            workloads[index].take(settings)
            place(index)
            if let external = self.settings.external[workloads[index].name] { workloads[index].external = external }
        }
        share()
        for workload in workloads where workload.settings.isEnabled == false {
            omitted[workload.name] = "disabled"
        }
        workloads.removeAll { omitted[$0.name] != nil }
        let logins = logins
        for index in workloads.indices {
            workloads[index].startAfter = followShared(workloads[index].startAfter).filter { omitted[$0] != "disabled" }
            workloads[index].addScalers(scalerTemplates, logins: logins)
        }
    }

    private mutating func share() {
        for (name, target) in settings.shared.sorted(by: { $0.key < $1.key }) {
            guard let index = workloads.firstIndex(where: { $0.name == name }),
                let targetIndex = workloads.firstIndex(where: { $0.name == target })
            else { continue }
            guard let kind = workloads[index].store?.kind, kind == workloads[targetIndex].store?.kind else {
                complain("\(file): kubernetes.shared.\(name)", "\(target) is no store of the same kind")
                continue
            }
            guard settings.shared[target] == nil else {
                complain(
                    "\(file): kubernetes.shared.\(name)",
                    "\(target) is itself replaced by \(settings.shared[target] ?? "another")")
                continue
            }
            omitted[name] = "shared with \(target)"
            workloads[targetIndex].companions += workloads[index].companions.compactMap { redirected($0, to: target) }
        }
    }

    /// What of a shared store's objects is still of use, for the pods of the store that stands in.
    private func redirected(_ companion: KubernetesObject, to target: String) -> KubernetesObject? {
        var object = companion
        let selector: JSONValue = [Annotation.name: .string(target)]
        switch companion.kind {
        // A governing Service without a StatefulSet would be an empty address.
        case "Service" where companion[path: ["spec", "clusterIP"]] != "None":
            object[path: ["spec", "selector"]] = selector
        case "NetworkPolicy":
            object[path: ["spec", "podSelector"]] = ["matchLabels": selector]
        default: return nil
        }
        return object
    }

    private func followShared(_ names: [String]) -> [String] {
        var followed: [String] = []
        for name in names {
            let target = settings.shared[name] ?? name
            if !followed.contains(target) { followed.append(target) }
        }
        return followed
    }

    private mutating func checkNames() {
        let names = Set(workloads.map(\.name)).union(templateNames)
        let stores = workloads.filter { $0.role == .store }.map(\.name)
        let queues = Set(workloads.compactMap(\.queue))
        check(settings.workloads.keys, "workloads", among: names, "workload")
        check(settings.storage.sizes.keys, "storage.sizes", among: Set(stores), "store")
        check(settings.external.keys, "external", among: Set(stores), "store")
        check(settings.shared.keys, "shared", among: Set(stores), "store")
        check(settings.shared.values, "shared", among: Set(stores), "store")
        check(settings.queues.keys, "queues", among: queues, "queue")
    }

    private mutating func check(
        _ names: some Sequence<String>, _ section: String, among known: Set<String>, _ noun: String
    ) {
        for name in Set(names).subtracting(known).sorted() {
            complain(
                "\(file): kubernetes.\(section).\(name)", "no \(noun) of this name",
                hint: Spelling.hint(for: name, among: known))
        }
    }

    // MARK: Order

    mutating func checkOrder() {
        let names = Set(workloads.map(\.name))
        for workload in workloads {
            for name in workload.startAfter where !names.contains(name) {
                complain(
                    "\(workload.place): \(workload.name)", "\(Annotation.startAfter): no workload is called \(name)",
                    hint: Spelling.nearest(to: name, among: names).map { "did you mean \($0)" })
            }
        }
        if let cycle = StartOrder.cycle(in: workloads) {
            complain("k8s", "workloads wait for each other: \(cycle.joined(separator: " after "))")
        }
    }

    // MARK: Exposure

    /// Refuses a way in from outside that doesn't lead through the front: mozart and grq2 have no authentication.
    mutating func checkExposure() {
        guard settings.front.authentication != .open else { return }
        let doors = Set(
            workloads.filter { $0.role == .proxy }.flatMap(\.companions).filter { $0.kind == "Service" }.map(\.name))
        for object in workloads.flatMap(\.companions) + shared {
            var open: [String] = []
            if object.kind == "Service", !doors.contains(object.name),
                ["LoadBalancer", "NodePort"].contains(object[path: ["spec", "type"]]?.string ?? "")
            {
                open = [object.name]
            } else if object.kind == "Ingress" {
                open = Self.backends(object.json).filter { !doors.contains($0) }
            }
            for name in open {
                complain(
                    "k8s: \(object.key)", "would open \(name) to the outside without authentication",
                    hint: "lead it through the front, or set kubernetes.front.auth: none-i-know-it-is-open")
            }
        }
    }

    /// The Services that an Ingress sends to.
    private static func backends(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(backends)
        case .object(let members):
            [members["service"]?["name"]?.string].compactMap(\.self)
                + members.filter { $0.key != "service" }.sorted { $0.key < $1.key }.flatMap { backends($0.value) }
        default: []
        }
    }

    mutating func complain(_ subject: String, _ message: String, hint: String? = nil) {
        errors.append(HySDSError(.topology, subject, message, hint: hint))
    }
}
