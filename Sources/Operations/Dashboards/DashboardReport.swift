package import HySDS

/// What `kibana` did, or would do.
package struct DashboardReport: Sendable, Encodable, Equatable {
    package let apiVersion = "sds/v1"
    package let kind = "Dashboards"
    package let act: DashboardVerb.Act
    package let engine: DashboardsEngine
    package let isDryRun: Bool
    /// Saved objects.
    package var imported = 0
    package var unchanged = 0
    package var deleted = 0
    package var exported = 0
    /// The default index pattern is, or would be, set.
    package var setsDefault = false
    /// Where an export was written.
    package var file: String?

    init(act: DashboardVerb.Act, engine: DashboardsEngine, isDryRun: Bool) {
        (self.act, self.engine, self.isDryRun) = (act, engine, isDryRun)
    }
}
