/// What a verb says while it works. Only `Commands` prints.
package enum Event: Sendable, Equatable {
    case note(String)
    case warning(String)
    case started(step: String)
    /// How far a workload is: `1 of 2 pods ready`.
    case progress(workload: String, state: String)
    /// Why a workload isn't there yet, as soon as the cluster knows; not yet a failure.
    case cause(workload: String, String)
    case finished(step: String, Duration)
    case failed(step: String, String)
}

package typealias EventSink = @Sendable (Event) -> Void
