/// How long each kind of trouble may last before it is told, and before it counts as failure: some heal by themselves.
package struct Grace: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        /// Trouble that is over sooner isn't mentioned.
        package var report: Duration
        /// Nil: never a failure by itself, only the operator's timeout ends the wait.
        package var fail: Duration?
        /// So many restarts since the wait began are a failure at once.
        package var restarts: Int?

        package init(report: Duration = .zero, fail: Duration?, restarts: Int? = nil) {
            self.report = report
            self.fail = fail
            self.restarts = restarts
        }
    }

    private var rules: [Reason: Rule]
    /// How long a container that crashed must run on before it is believed.
    package var settling: Duration = .seconds(10)
    /// How long trouble must be away before its clock starts anew: a crashing container runs in between.
    package var memory: Duration = .seconds(30)

    package static let standard = Grace(rules: [
        // A node that has just joined, or a registry that restarts.
        .imagePull: Rule(fail: .seconds(90)),
        .imageName: Rule(fail: .zero),
        // A ConfigMap may come a moment later than the pod.
        .containerConfiguration: Rule(report: .seconds(1), fail: .seconds(30)),
        .containerCreation: Rule(report: .seconds(1), fail: .seconds(60)),
        .crash: Rule(fail: .seconds(60), restarts: 3),
        .outOfMemory: Rule(fail: .seconds(60), restarts: 3),
        .initialization: Rule(fail: .seconds(60), restarts: 3),
        // Slow starters look like this until they are up.
        .notReady: Rule(report: .seconds(20), fail: .seconds(600)),
        // A cluster autoscaler needs minutes for a node.
        .unschedulable: Rule(report: .seconds(3), fail: .seconds(300)),
        .mount: Rule(report: .seconds(3), fail: .seconds(60)),
        .sandbox: Rule(report: .seconds(3), fail: .seconds(120)),
        .podCreation: Rule(report: .seconds(1), fail: .seconds(60)),
        .evicted: Rule(fail: .seconds(300)),
        .nodeLost: Rule(fail: .seconds(300)),
        // Whoever owns it makes another one.
        .podFailed: Rule(fail: nil),
        .jobFailed: Rule(fail: .zero),
        .deadline: Rule(fail: .seconds(5)),
        .paused: Rule(fail: .seconds(30)),
        .formerTemplate: Rule(report: .seconds(2), fail: .seconds(60)),
        .volume: Rule(report: .seconds(3), fail: .seconds(300)),
        .deleted: Rule(fail: .zero),
        .replaced: Rule(fail: .zero),
        .stuck: Rule(report: .seconds(60), fail: nil),
    ])

    package init(rules: [Reason: Rule]) {
        self.rules = rules
    }

    package subscript(reason: Reason) -> Rule {
        get { rules[reason] ?? Rule(fail: nil) }
        set { rules[reason] = newValue }
    }
}
