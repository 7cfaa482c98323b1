internal import Cluster
internal import FoundationEssentials
internal import Kubernetes

/// The operator's own files to and from pods.
package struct Copy: Sendable {
    /// Pods that are written to or read from at a time: memory is bounded by it.
    private static let width = 16

    private let source: CopyPath
    private let destination: CopyPath
    private let words: (source: String, destination: String)
    private let container: String?
    /// A source on this machine is read while the configuration and the cluster are.
    private let reading: Task<LocalSource, any Error>?
    /// Nanoseconds since 1970, before anything was looked at.
    private let start: Int64

    /// - Throws: `OperationError` (usage) unless exactly one side is in pods.
    package init(from source: String, to destination: String, container: String?) throws(OperationError) {
        self.source = try CopyPath(source)
        self.destination = try CopyPath(destination)
        words = (source, destination)
        self.container = container
        start = FileKind.now
        switch (self.source, self.destination) {
        case (.here(let path), .inPods): reading = Task.detached { try LocalSource.read(path) }
        case (.inPods, .here): reading = nil
        default:
            throw OperationError(
                .usage,
                "expected one path of this machine and one NAME:PATH in pods, "
                    + "found '\(source.printable)' and '\(destination.printable)'",
                hint: "sds copy FILE NAME:PATH brings it there, sds copy NAME:PATH FILE brings it here")
        }
    }

    /// - Parameter each: called with every pod as soon as its outcome is known.
    /// - Throws: `OperationError` for what concerns all pods; what a single pod met is in the report.
    package func callAsFunction(
        _ session: Session, each: @escaping @Sendable (CopyReport.Pod) -> Void
    ) async throws -> CopyReport {
        switch (source, destination) {
        case (.here(let path), .inPods(let name, let target)):
            guard let reading else { preconditionFailure("a source here is read from the beginning") }
            return try await upload(path, reading, to: target, in: name, session, each)
        case (.inPods(let name, let path), .here(let target)):
            return try await download(path, from: name, to: target, session, each)
        default: preconditionFailure("one side is in pods")
        }
    }

    // MARK: - There

    private func upload(
        _ path: String, _ reading: Task<LocalSource, any Error>, to target: String, in name: String, _ session: Session,
        _ each: @escaping @Sendable (CopyReport.Pod) -> Void
    ) async throws -> CopyReport {
        async let targets = CopyTargets.find(name, container: container, session)
        async let isOurs: Void = session.checkNamespace()
        let source = try await reading.value
        let isInto = CopyPath.isFolder(target)
        guard source.name != nil || (!isInto && source.isFolder) else {
            throw OperationError(.usage, "'\(path.printable)' has no name that the copy could get")
        }
        let memory = session.client.settings.cacheFolder.map {
            CopyMemory(folder: $0 + "/copy", source: source.root)
        }
        let book = DigestBook(
            source, known: memory?.digests(for: source.entries) ?? source.entries.map { _ in nil })
        let upload = Upload(
            book: book,
            shelf: PackShelf(book, spoolingIn: session.client.settings.cacheFolder.map { $0 + "/copy" }),
            target: target,
            into: isInto ? .always : source.isFolder ? .never : .maybe, isDryRun: session.options.isDryRun,
            memory: memory)
        let identity = upload.makeIdentity()
        let containers = try await targets.containers
        try await isOurs
        var report = CopyReport(
            direction: .upload, source: words.source, destination: words.destination,
            isDryRun: session.options.isDryRun)
        report.pods = try await forEach(containers, session, each) { container, result throws in
            let key = container.id.map {
                "\(session.client.server) \(session.namespace) \(container.target.pod) \($0) \(target) \(isInto)"
            }
            let command = upload.command(pod: container.target.pod, key: key, identity: identity)
            try await Copy.converse(session, container.target, command, &result) { channel, result in
                try await upload(over: channel, key: key, &result)
            }
        }
        if let memory, !session.options.isDryRun, let state = CopyDigest.state(source.entries, book.all) {
            memory.remember(source.entries, book.all, state: state, start: start)
            if let folder = session.client.settings.cacheFolder { CopyMemory.prune(folder + "/copy") }
        }
        await announce(report, session)
        return report
    }

    /// What changed nothing leaves no trace, and costs no request.
    private func announce(_ report: CopyReport, _ session: Session) async {
        if let error = report.error, !session.options.isDryRun {
            await Announcement(session).failed(error)
        } else if report.pods.contains(where: { $0.result == .copied }) {
            let files = report.pods.reduce(0) { $0 + $1.sentFiles }
            await Announcement(session).done("\(files) files to \(report.pods.count) pods")
        }
    }

    private static func converse(
        _ session: Session, _ target: ExecTarget, _ command: [String], _ result: inout CopyReport.Pod,
        _ body: @escaping @Sendable (ExecSession, inout CopyReport.Pod) async throws -> Void
    ) async throws {
        let start = result
        let outcome = try await session.client.withExec(target, command, hasInput: true) {
            (exec: ExecSession) async throws(ClusterError) -> Swift.Result<CopyReport.Pod, any Error> in
            var result = start
            do {
                try await body(exec, &result)
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        result = try outcome.get()
    }

    // MARK: - Here

    private func download(
        _ path: String, from name: String, to target: String, _ session: Session,
        _ each: @escaping @Sendable (CopyReport.Pod) -> Void
    ) async throws -> CopyReport {
        let containers = try await CopyTargets.find(name, container: container, session).containers
        let isSeveral = containers.count > 1
        let kind = FileKind.of(target)
        let exists = kind != nil
        let isFolder = kind == .folder
        if (isSeveral || CopyPath.isFolder(target)) && exists && !isFolder {
            throw OperationError(
                .usage,
                "\(target.printable) is a file, "
                    + (isSeveral ? "but '\(name)' means \(containers.count) pods" : "expected a folder"),
                hint: "name a folder: each pod's copy gets a folder of its own there")
        }
        var report = CopyReport(
            direction: .download, source: words.source, destination: words.destination,
            isDryRun: session.options.isDryRun)
        report.pods = try await forEach(containers, session, each) { container, result throws in
            var place = target
            while place.count > 1, place.last == "/" { place.removeLast() }
            if isSeveral { place += "/" + container.target.pod }
            var isInto = isSeveral || CopyPath.isFolder(target)
            if !isInto && isFolder { isInto = try await !Copy.isFolder(path, session, container) }
            if isInto {
                guard let own = CopyPath.name(of: path) else {
                    throw OperationError(.usage, "'\(path.printable)' has no name that the copy could get")
                }
                place += (place == "/" ? "" : "/") + own
            }
            result.path = place
            if session.options.isDryRun {
                result.result = .planned
                return
            }
            let own = container.target
            let origin = "\(session.client.server) \(own.namespace) \(own.pod) \(own.container ?? "")"
            try await Download(source: path, target: place, pod: origin)(
                ExecCommands(client: session.client, target: own), &result)
        }
        return report
    }

    private static func isFolder(
        _ path: String, _ session: Session, _ container: CopyTargets.Container
    ) async throws -> Bool {
        let result = try await session.client.run(
            container.target, ["sh", "-c", "[ -d \"$1\" ]", "sds-copy", path])
        return result.status.isSuccess
    }

    // MARK: - All pods

    private func forEach(
        _ containers: [CopyTargets.Container], _ session: Session, _ each: @escaping @Sendable (CopyReport.Pod) -> Void,
        _ body: @escaping @Sendable (CopyTargets.Container, inout CopyReport.Pod) async throws -> Void
    ) async throws -> [CopyReport.Pod] {
        let deadline = ContinuousClock.now + session.options.timeout
        let results = await withTaskGroup(of: CopyReport.Pod.self) { group in
            var waiting = containers[...]
            func launch() {
                guard let container = waiting.popFirst() else { return }
                group.addTask { await Copy.attempt(container, deadline, body) }
            }
            for _ in 0..<Copy.width { launch() }
            var results: [CopyReport.Pod] = []
            while let result = await group.next() {
                results.append(result)
                if !Task.isCancelled {
                    each(result)
                    launch()
                }
            }
            return results
        }
        try Task.checkCancellation()
        return results.sorted { $0.pod < $1.pod }
    }

    /// One pod; nothing that it meets stops the others.
    private static func attempt(
        _ container: CopyTargets.Container, _ deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (CopyTargets.Container, inout CopyReport.Pod) async throws -> Void
    ) async -> CopyReport.Pod {
        let start = ContinuousClock.now
        let empty = CopyReport.Pod(
            pod: container.target.pod, workload: container.workload, container: container.target.container)
        var result = await withTaskGroup(of: CopyReport.Pod?.self) { group in
            group.addTask {
                var result = empty
                do {
                    if let trouble = container.trouble { throw OperationError(.unhealthy, trouble) }
                    try await body(container, &result)
                } catch let error as ClusterError {
                    var failure = OperationError(error)
                    failure.message = error.message
                    if error.mayPass, failure.hint == nil { failure.hint = Copy.again }
                    result.fail(failure)
                } catch {
                    result.fail(OperationError(error))
                }
                return result
            }
            group.addTask {
                // Cancelled means that the pod was faster, or that all is cancelled.
                try? await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            var late = await group.next().flatMap(\.self) ?? empty
            if late.result == nil, ContinuousClock.now >= deadline {
                late.fail(
                    OperationError(
                        .timedOut, "not done in time", causes: [],
                        hint: "run the same command again: it goes on from here; raise --timeout if it needs longer"))
            }
            return late
        }
        let time = (ContinuousClock.now - start).components
        result.seconds = ((Double(time.seconds) + Double(time.attoseconds) / 1e18) * 1000).rounded() / 1000
        return result
    }

    private static let again = "run the same command again: it goes on with what is missing"
}

extension ClusterError {
    /// Whether the same may go well next time without anybody mending anything.
    fileprivate var mayPass: Bool {
        [.unreachable, .timeout, .interrupted, .tooManyRequests, .serverFailure, .notFound, .gone, .cancelled]
            .contains(kind)
    }
}
