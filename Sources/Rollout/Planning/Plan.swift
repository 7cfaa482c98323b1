/// What will be done, in which order: made from what was observed, shown by a dry run, then executed.
package struct Plan: Hashable, Sendable, Codable {
    package private(set) var steps: [Step]
    package var isEmpty: Bool { steps.isEmpty }

    /// - Throws: `RolloutError` for a step that waits for itself or for one that isn't there, or two with one id.
    package init(_ steps: [Step] = []) throws(RolloutError) {
        var dependencies: [String: Set<String>] = [:]
        for step in steps {
            guard dependencies.updateValue(step.after, forKey: step.id) == nil else {
                throw RolloutError(.unknown, step.id, "occurs twice in the plan")
            }
        }
        _ = try StartGraph(dependencies)
        self.steps = steps
    }

    /// One after another.
    package init(sequence actions: [Action]) throws(RolloutError) {
        var steps: [Step] = []
        for action in actions {
            steps.append(Step(action, id: "\(steps.count + 1) \(action)", after: Set(steps.last.map { [$0.id] } ?? [])))
        }
        try self.init(steps)
    }

    /// The steps that may begin now, in the plan's order.
    package func startable(done: Set<String>, begun: Set<String>) -> [Step] {
        steps.filter { !begun.contains($0.id) && !done.contains($0.id) && $0.after.isSubset(of: done) }
    }

    /// One line a step.
    package var lines: [String] {
        steps.map { step in step.reason.map { "\(step.action) (\($0))" } ?? String(describing: step.action) }
    }

    package var isDestructive: Bool { steps.contains { $0.action.isDestructive } }
}
