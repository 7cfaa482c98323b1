package import Kubernetes
internal import Logging
internal import Synchronization

extension ClusterClient {
    /// What the server serves: asked once, and kept on disk for others where a folder is set.
    /// - Parameter refresh: Ask again although it is known.
    package func discovery(refresh: Bool = false) async throws(ClusterError) -> Discovery {
        if !refresh, let known = knownDiscovery.withLock(\.self) { return known }
        let cache = settings.cacheFolder.map { DiscoveryCache(folder: $0, server: server) }
        if !refresh, let kept = cache?.read() {
            knownDiscovery.withLock { $0 = kept }
            return kept
        }
        let discovery = try await discover()
        knownDiscovery.withLock { $0 = discovery }
        do {
            try cache?.write(discovery)
        } catch {
            logger?.debug("discovery not kept", metadata: ["error": "\(error)"])
        }
        return discovery
    }

    private func discover() async throws(ClusterError) -> Discovery {
        var discovery = Discovery()
        var round = APIRequest.discovery
        while !round.isEmpty {
            var next: [APIRequest] = []
            for (request, answer) in zip(round, await all(round)) {
                do {
                    next += try discovery.add(try answer.get().json)
                } catch let error as ClusterError where !APIRequest.discovery.contains(request) && error.isPartial {
                    // One group's server is down: that must not hide the others.
                    logger?.debug("group not discovered", metadata: ["error": "\(error)"])
                } catch let error as ClusterError {
                    throw error
                } catch {
                    throw ClusterError(.malformed, request.subject, "\(error)")
                }
            }
            round = next
        }
        return discovery
    }

    /// The answers in the order of the requests, asked for at the same time.
    package func all(_ requests: [APIRequest]) async -> [Result<APIResponse, ClusterError>] {
        let answers = await withTaskGroup(of: NumberedAnswer.self) { group in
            for (number, request) in requests.enumerated() {
                group.addTask { NumberedAnswer(number: number, answer: await self.answer(to: request)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        precondition(answers.count == requests.count, "an answer for each request")
        return answers.sorted { $0.number < $1.number }.map(\.answer)
    }

    private func answer(to request: APIRequest) async -> Result<APIResponse, ClusterError> {
        do {
            return .success(try await send(request))
        } catch {
            return .failure(error)
        }
    }
}

/// An answer with its request's place among those sent together.
private struct NumberedAnswer: Sendable {
    let number: Int
    let answer: Result<APIResponse, ClusterError>
}

extension ClusterError {
    fileprivate var isPartial: Bool {
        switch kind {
        case .serverFailure, .notFound, .forbidden, .timeout, .tooManyRequests: true
        default: false
        }
    }
}
