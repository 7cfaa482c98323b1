/// One entry of `QUEUES`: a queue of jobs and, from the days of auto scaling groups, the machines for it.
package struct Queue: Hashable, Sendable {
    package var name: String
    package var instanceTypes: [String]
    /// Scale on all messages instead of the waiting ones.
    package var countsAllJobs: Bool
    /// Where its workers belong, when it isn't where those of `QUEUES` do.
    package var component: Component?
    /// The entry whole, for templates.
    package var value: ConfigurationValue

    package init(
        name: String, instanceTypes: [String] = [], countsAllJobs: Bool = false, component: Component? = nil,
        value: ConfigurationValue = .null
    ) {
        self.name = name
        self.instanceTypes = instanceTypes
        self.countsAllJobs = countsAllJobs
        self.component = component
        self.value = value
    }
}
