internal import Cluster

/// Brings a source into one pod: asks what it holds, sends what it lacks, compares its digests with ours, then lets it
/// put all in place.
struct Upload: Sendable {
    let book: DigestBook
    let shelf: PackShelf
    let target: String
    let into: CopyScript.Into
    let isDryRun: Bool
    /// What pods of earlier copies held at their end.
    let memory: CopyMemory?
    /// Bytes a second below which a link is slow. The pack is compressed by 50 MB a second at least, so that a link of
    /// a sixth of that gains by whatever shrinks by a tenth.
    var slow = 8_000_000.0
    /// Whether the source is what was copied last.
    private let isUnchanged: Bool

    init(
        book: DigestBook, shelf: PackShelf, target: String, into: CopyScript.Into, isDryRun: Bool, memory: CopyMemory?
    ) {
        self.book = book
        self.shelf = shelf
        self.target = target
        self.into = into
        self.isDryRun = isDryRun
        self.memory = memory
        isUnchanged = memory?.isUnchanged(book.source.entries) ?? false
    }

    /// Shorter beginnings of files are sent again: bytes.
    private static let worthGoingOn = 1 << 20

    private var source: LocalSource { book.source }
    var entries: [CopiedEntry] { book.source.entries }

    /// Two copies of the same files go on from each other's stage.
    private var identity: String {
        var bytes = Array("\(source.root)\u{0}\(target)\u{0}".utf8)
        for entry in entries { bytes += entry.path + Array("\u{0}\(entry.size) \(entry.stamp.modified)\u{0}".utf8) }
        return String(ContentDigest(of: bytes).description.prefix(16))
    }

    func command(pod: String, key: String?, identity: String) -> [String] {
        CopyScript.take(
            target, into: into, name: source.name ?? "", pod: pod, identity: identity,
            prints: key.map { memory?.knows($0) ?? false } ?? false, expected: expected(key))
    }

    /// The fingerprint with which a pod needs nothing, when that is known.
    private func expected(_ key: String?) -> ContentDigest? {
        guard let key, let memory, isUnchanged else { return nil }
        return memory.expected(by: key)
    }

    /// Computed once for all pods.
    func makeIdentity() -> String { identity }

    /// - Parameter key: of the pod's container in the memory; nil when nothing is remembered.
    func callAsFunction(
        over channel: some PodChannel, key: String?, _ result: inout CopyReport.Pod
    ) async throws {
        var pod = PodConversation(channel)
        let greeting = try await pod.greeting()
        result.files = source.files
        result.bytes = source.bytes
        if let expected = expected(key), greeting.fingerprint == expected {
            result.result = .unchanged
            try book.computeAll()
            result.digest = CopyDigest.content(entries, book.all)?.description
            return try await pod.awaitEnd()
        }
        let held = try await held(greeting, key, &pod)
        if held != nil { try computeDigests(of: held ?? [:]) }
        let plan = try UploadPlan(entries, held: held, digests: book.all)
        let files = plan.sent.filter { entries[$0].kind == .file }
        result.sentFiles = files.count
        result.sentBytes = files.reduce(0) { $0 + entries[$1].size }
        result.result = plan.isEmpty ? .unchanged : .copied
        if isDryRun {
            if !plan.isEmpty { result.result = .planned }
            try await pod.end()
            return
        }
        if !plan.sent.isEmpty { try await send(plan.sent, &pod, greeting, &result) }
        try await correct(plan, &pod, top: name(greeting))
        try book.computeAll()
        result.digest = CopyDigest.content(entries, book.all)?.description
        if let memory, let key, greeting.hasStat, let state = CopyDigest.state(entries, book.all) {
            // A copy that was found as it was left is remembered already.
            let isRemembered =
                plan.isEmpty && greeting.fingerprint != nil
                && memory.fingerprint(of: key, state) == greeting.fingerprint
            if !isRemembered, let now = ContentDigest(hex: try await pod.ask("print").bytes.prefix(64)) {
                memory.remember(now, of: key, state)
            }
        }
        try await pod.end()
    }

    private func shown(_ index: Int) -> String {
        let path = entries[index].path
        return path.isEmpty ? source.name?.printable ?? "" : path.asName
    }

    /// What a single file is called there.
    private func name(_ greeting: PodConversation<some PodChannel>.Greeting) -> String? {
        greeting.isInto ? source.name : CopyPath.name(of: target)
    }

    // MARK: - What the pod holds

    private func held(
        _ greeting: PodConversation<some PodChannel>.Greeting, _ key: String?,
        _ pod: inout PodConversation<some PodChannel>
    ) async throws -> [Int: UploadPlan.Held]? {
        switch greeting.kind {
        case .absent: return nil
        case .other: throw OperationError(.failed, "\(target.printable) is neither a file nor a folder there")
        case .file where source.isFolder:
            throw OperationError(.failed, "\(target.printable) is a file there, \(source.root.printable) is a folder")
        case .folder where !source.isFolder:
            throw OperationError(
                .failed, "\(target.printable) holds a folder called \(source.name?.printable ?? "") already")
        case .file, .folder: break
        }
        if let key, let found = greeting.fingerprint, let known = memory?.held(by: key, found) {
            return known.matched(to: entries)
        }
        guard greeting.hasStat else { return try await presence(&pod) }
        let top = name(greeting)
        let list = NameList(entries, Array(entries.indices), top: source.isFolder ? [0x2e] : Array((top ?? "").utf8))
        let facts = list.facts(
            try await pod.ask("stat target \(list.bytes.count)", list.bytes, limit: list.limit(fields: 64)).bytes)
        var held: [Int: UploadPlan.Held] = [:]
        var same: [Int] = []
        for (index, fact) in facts {
            let kind: CopiedEntry.Kind =
                switch fact.mode & 0o170000 {
                case 0o040000: .folder
                case 0o100000: .file
                default: .link
                }
            held[index] = UploadPlan.Held(
                kind: kind, mode: UInt16(fact.mode & 0o7777), size: fact.size, time: fact.time)
            if kind == .file, entries[index].kind == .file, fact.size == entries[index].size { same.append(index) }
        }
        for (index, digest) in try await pod.digests(of: same.sorted(), in: entries, at: "target", top: top) {
            held[index]?.digest = digest
        }
        return held
    }

    /// Without `stat` nothing is known but which folder is there.
    private func presence(_ pod: inout PodConversation<some PodChannel>) async throws -> [Int: UploadPlan.Held] {
        source.isFolder ? [0: UploadPlan.Held(kind: .folder, mode: entries[0].mode, size: 0, time: 0)] : [:]
    }

    private func computeDigests(of held: [Int: UploadPlan.Held]) throws(OperationError) {
        for (index, other) in held where entries[index].kind == .file && other.digest != nil {
            _ = try book.digest(of: index)
        }
    }

    // MARK: - What it gets

    private func send(
        _ indices: [Int], _ pod: inout PodConversation<some PodChannel>,
        _ greeting: PodConversation<some PodChannel>.Greeting, _ result: inout CopyReport.Pod
    ) async throws {
        let answer = try await pod.ask("stage")
        guard answer.status == 0 else { throw OperationError(.failed, "no place for a stage: \(answer.text)") }
        var sending = indices
        var unverified = Set(indices.filter { entries[$0].kind == .file })
        if String(decoding: answer.bytes, as: UTF8.self) == "resumed", greeting.hasStat {
            let (staged, begun) = try await staged(indices, &pod)
            let added = try await goOn(with: begun, &pod)
            let there = staged.union(added)
            result.resumedFiles = there.count
            sending.removeAll { there.contains($0) }
            unverified.subtract(staged)
            result.sentFiles -= there.count
            result.sentBytes -= staged.reduce(0) { $0 + entries[$1].size } + added.reduce(0) { $0 + (begun[$1] ?? 0) }
        }
        // The folder itself comes along, or there would be none to move from.
        if source.isFolder, sending.first != 0 { sending.insert(0, at: 0) }
        if !sending.isEmpty { try await unpack(sending, &pod) }
        try await verify(unverified.sorted(), &pod)
        var odd: [UInt16: [Int]] = [:]
        for index in indices
        where entries[index].kind == .file && TarLayout.stagedMode(of: entries[index]) != entries[index].mode {
            odd[entries[index].mode, default: []].append(index)
        }
        for (mode, indices) in odd.sorted(by: { $0.key < $1.key }) {
            try await tell("chmod stage \(String(mode, radix: 8))", indices, top: "new", &pod)
        }
        let placed = try await pod.ask("commit")
        guard placed.status == 0 else {
            try await pod.end()
            throw OperationError(
                .failed, "putting it in place: \(placed.text)",
                hint: "files that were put in place before are whole and new; run it again when the cause is gone")
        }
    }

    /// Files of an earlier copy's stage that are whole, and how much there is of those that it only began.
    private func staged(
        _ indices: [Int], _ pod: inout PodConversation<some PodChannel>
    ) async throws -> (Set<Int>, [Int: Int]) {
        let files = indices.filter { entries[$0].kind == .file }
        guard !files.isEmpty else { return ([], [:]) }
        let list = NameList(entries, files, top: Array("new".utf8))
        let facts = list.facts(
            try await pod.ask("stat stage \(list.bytes.count)", list.bytes, limit: list.limit(fields: 64)).bytes)
        var begun: [Int: Int] = [:]
        let whole = files.filter { index in
            guard let fact = facts[index], fact.mode & 0o170000 == 0o100000 else { return false }
            let entry = entries[index]
            if fact.size >= Upload.worthGoingOn, fact.size < entry.size { begun[index] = fact.size }
            return fact.mode == 0o100000 | Int(TarLayout.stagedMode(of: entry)) && fact.size == entry.size
                && fact.time == entry.time
        }
        let digests = try await pod.digests(of: whole, in: entries, at: "stage", top: "new")
        var staged: Set<Int> = []
        for index in whole where try digests[index] == book.digest(of: index) { staged.insert(index) }
        return (staged, begun)
    }

    /// The pod's own digests of what it has unpacked must be ours.
    private func verify(_ files: [Int], _ pod: inout PodConversation<some PodChannel>) async throws {
        guard !files.isEmpty else { return }
        let digests = try await pod.digests(of: files, in: entries, at: "stage", top: "new")
        var wrong: [Int] = []
        for index in files where try digests[index] != book.digest(of: index) { wrong.append(index) }
        guard let first = wrong.first else { return }
        try await pod.end()
        let held = digests[first].map(\.description) ?? "none"
        throw OperationError(
            .mismatch, "\(wrong.count) files are not there as they were sent",
            causes: ["\(shown(first)): expected SHA-256 \(try book.digest(of: first)), found \(held)"],
            hint: "nothing was changed there; is its disk in order?")
    }

    private func correct(
        _ plan: UploadPlan, _ pod: inout PodConversation<some PodChannel>, top: String?
    ) async throws {
        var modes = plan.modes
        for index in plan.sent
        where entries[index].kind == .folder && TarLayout.stagedMode(of: entries[index]) != entries[index].mode {
            modes[entries[index].mode, default: []].append(index)
        }
        for (time, indices) in plan.times.sorted(by: { $0.key < $1.key }) {
            try await tell("touch target \(time)", indices, top: top, &pod)
        }
        for (mode, indices) in modes.sorted(by: { $0.key < $1.key }) {
            // Members before their folders: a folder may become one that nobody can enter.
            try await tell(
                "chmod target \(String(mode, radix: 8))", indices.reversed(), top: top, &pod)
        }
    }

    func tell(
        _ request: String, _ indices: [Int], top: String?, _ pod: inout PodConversation<some PodChannel>
    ) async throws {
        let name = source.isFolder ? "." : top ?? ""
        let list = NameList(entries, indices, top: Array(name.utf8))
        let answer = try await pod.ask("\(request) \(list.bytes.count)", list.bytes)
        guard answer.status == 0 else {
            throw OperationError(.failed, "setting modes and times: \(answer.text)")
        }
    }
}
