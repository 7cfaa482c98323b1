internal import Kubernetes

/// Makes a workload of an object's labels and annotations; collects what they say wrongly.
struct WorkloadReading {
    private(set) var errors: [HySDSError] = []

    static let kinds: Set<String> = ["Deployment", "StatefulSet", "ReplicaSet", "Job"]

    /// Nil when a label that nothing works without is missing or wrong.
    mutating func workload(_ entry: Manifest.Entry) -> Workload? {
        let object = entry.object
        checkNames(entry)
        guard let component = value(Annotation.component, of: entry, in: object.labels, as: Component.self),
            let role = value(Annotation.role, of: entry, in: object.labels, as: Role.self)
        else { return nil }
        if object.labels[Annotation.name] != object.name {
            complain(
                entry,
                "expected the label \(Annotation.name): \(object.name), found \(object.labels[Annotation.name] ?? "none")"
            )
        }
        let notes = object.annotations
        var workload = Workload(
            name: object.name, component: component, role: role, programs: words(notes[Annotation.program]),
            startAfter: words(notes[Annotation.startAfter]), trees: words(notes[Annotation.trees]),
            moreTrees: words(notes[Annotation.moreTrees]), files: [], reload: .restart, queue: notes[Annotation.queue],
            drainSeconds: 60, longestJobSeconds: nil, store: store(entry, role: role), accessFile: nil,
            engine: .none, object: object,
            companions: [], external: nil, settings: WorkloadSettings(), place: entry.place)
        if workload.programs.isEmpty { workload.programs = [object.name] }
        if notes[Annotation.reload] != nil {
            workload.reload = value(Annotation.reload, of: entry, in: notes, as: Reload.self) ?? .restart
        }
        workload.drainSeconds = count(Annotation.drainSeconds, of: entry) ?? 60
        workload.longestJobSeconds = count(Annotation.longestJobSeconds, of: entry)
        workload.files = files(entry, hasTrees: !workload.trees.isEmpty)
        if let path = notes[Annotation.access] {
            if workload.files.contains(where: { $0.destination == path && $0.isSecret }) {
                workload.accessFile = "/sds-secrets/" + path
            } else {
                complain(entry, "\(Annotation.access): expected a secret file of \(Annotation.files), found '\(path)'")
            }
        }
        if let text = notes[Annotation.certificate] {
            switch CertificateDeclaration.parse(text) {
            case .success(let declaration): workload.certificate = declaration
            case .failure(let error): complain(entry, "\(error.subject): \(error.message)")
            }
        }
        if role == .worker && workload.queue == nil {
            complain(entry, "a worker needs the annotation \(Annotation.queue)")
        }
        return workload
    }

    /// Complains about names below our prefix that mean nothing, on any object.
    mutating func checkNames(_ entry: Manifest.Entry) {
        let known = Annotation.knownAnnotations
        for name in entry.object.annotations.keys.sorted()
        where name.hasPrefix(Annotation.prefix) && !known.contains(name) {
            complain(entry, "unknown annotation \(name)", hint: Spelling.hint(for: name, among: known))
        }
        for name in entry.object.labels.keys.sorted()
        where name.hasPrefix(Annotation.prefix) && !Annotation.knownLabels.contains(name) {
            complain(entry, "unknown label \(name)", hint: Spelling.hint(for: name, among: Annotation.knownLabels))
        }
    }

    private mutating func files(_ entry: Manifest.Entry, hasTrees: Bool) -> [FileDeclaration] {
        var files: [FileDeclaration] = []
        for line in (entry.object.annotations[Annotation.files] ?? "").split(separator: "\n") {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            var complaints: [String] = []
            let file = FileDeclaration.parse(line) { complaints.append($0) }
            complaints.forEach { complain(entry, "\(Annotation.files): \($0)") }
            guard let file else { continue }
            if !file.isSecret && !hasTrees {
                complain(
                    entry,
                    "\(Annotation.files): \(file.destination) must be secret: a workload without trees has no release")
            }
            if files.contains(where: { $0.destination == file.destination }) {
                complain(entry, "\(Annotation.files): \(file.destination) is there twice")
            }
            files.append(file)
        }
        return files
    }

    private mutating func store(_ entry: Manifest.Entry, role: Role) -> StoreFacts? {
        let notes = entry.object.annotations
        guard role == .store else { return nil }
        guard let kind = value(Annotation.store, of: entry, in: notes, as: StoreFacts.Kind.self) else { return nil }
        return StoreFacts(
            kind: kind, name: notes[Annotation.storeName] ?? entry.object.name,
            health: command(Annotation.health, of: entry),
            queues: command(Annotation.queues, of: entry))
    }

    private mutating func command(_ name: String, of entry: Manifest.Entry) -> [String] {
        guard let text = entry.object.annotations[name] else { return [] }
        guard let value = try? JSONValue(parsing: text.utf8), let words = value.array?.compactMap(\.string),
            words.count == value.array?.count, !words.isEmpty
        else {
            complain(entry, "\(name): expected a JSON list of texts, found \(text)")
            return []
        }
        return words
    }

    private mutating func count(_ name: String, of entry: Manifest.Entry) -> Int? {
        guard let text = entry.object.annotations[name] else { return nil }
        guard let count = Int(text), count >= 0 else {
            complain(entry, "\(name): expected a number of seconds, found '\(text)'")
            return nil
        }
        return count
    }

    private mutating func value<Value: RawRepresentable & CaseIterable>(
        _ name: String, of entry: Manifest.Entry, in texts: [String: String], as type: Value.Type
    ) -> Value? where Value.RawValue == String {
        if let value = texts[name].flatMap(Value.init(rawValue:)) { return value }
        let expected = Value.allCases.map(\.rawValue).joined(separator: ", ")
        complain(entry, "\(name): expected one of \(expected), found \(texts[name].map { "'\($0)'" } ?? "nothing")")
        return nil
    }

    private func words(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private mutating func complain(_ entry: Manifest.Entry, _ message: String, hint: String? = nil) {
        errors.append(HySDSError(.topology, "\(entry.place): \(entry.object.name)", message, hint: hint))
    }
}
