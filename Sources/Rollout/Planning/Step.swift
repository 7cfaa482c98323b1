/// One step of a plan, which may begin when those that it names are done.
package struct Step: Hashable, Sendable, Codable, Identifiable {
    /// Unique within the plan, and the same when the plan is made again: `apply deployment/mozart-rest`.
    package var id: String
    package var action: Action
    package var after: Set<String>
    /// Why it is done, for the operator: `image changed`.
    package var reason: String?

    /// - Parameter id: Nil: the action's own words.
    package init(_ action: Action, id: String? = nil, after: Set<String> = [], reason: String? = nil) {
        self.id = id ?? action.description
        self.action = action
        self.after = after
        self.reason = reason
    }
}
