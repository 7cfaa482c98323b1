package import Kubernetes

/// The state of a selection at one moment, and what is new in it.
package struct Observation: Hashable, Sendable {
    package var objects: [ObjectKey: KubernetesObject]
    /// Added, changed or gone since the observation before; all of them in the first.
    package var changed: Set<ObjectKey>

    package init(objects: [ObjectKey: KubernetesObject] = [:], changed: Set<ObjectKey> = []) {
        self.objects = objects
        self.changed = changed
    }

    /// The state after an event.
    package func following(_ event: ObjectEvent) -> Observation {
        var next = Observation(objects: objects)
        switch event {
        case .restarted(let all):
            next.objects = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
            next.changed = Set(next.objects.filter { objects[$0.key] != $0.value }.keys)
            next.changed.formUnion(objects.keys.filter { next.objects[$0] == nil })
        case .added(let object), .modified(let object):
            next.objects[object.key] = object
            next.changed = [object.key]
        case .deleted(let object):
            next.objects[object.key] = nil
            next.changed = [object.key]
        }
        return next
    }
}

/// The state of a selection after each change: a watch that remembers. The first element is the state now.
package struct ObjectObservation: AsyncSequence, Sendable {
    package typealias Element = Observation
    package typealias Failure = ClusterError

    let watch: ObjectWatch

    package struct AsyncIterator: AsyncIteratorProtocol {
        private var events: ObjectWatch.AsyncIterator
        private var state = Observation()

        init(_ watch: ObjectWatch) {
            events = watch.makeAsyncIterator()
        }

        package mutating func next() async throws(ClusterError) -> Observation? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClusterError) -> Observation? {
            guard let event = try await events.next(isolation: actor) else { return nil }
            state = state.following(event)
            return state
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(watch)
    }
}

extension ClusterClient {
    package func observe(_ selection: ObjectSelection) -> ObjectObservation {
        ObjectObservation(watch: watch(selection))
    }
}
