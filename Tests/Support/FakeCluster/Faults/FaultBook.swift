internal import Synchronization

/// The faults that are still to strike.
final class FaultBook: Sendable {
    private let faults = Mutex([Fault]())
    private let strikes = Mutex(0)

    var struck: Int { strikes.withLock(\.self) }

    func add(_ fault: Fault) { faults.withLock { $0.append(fault) } }
    func clear() { faults.withLock { $0 = [] } }

    /// What happens to this request; the first fault that concerns it strikes.
    func strike(_ request: FakeRequest) -> Fault.Effect? {
        let effect: Fault.Effect? = faults.withLock { faults in
            for index in faults.indices where faults[index].target.concerns(request) {
                if faults[index].skip > 0 {
                    faults[index].skip -= 1
                    continue
                }
                let effect = faults[index].effect
                if let times = faults[index].times {
                    faults[index].times = times - 1
                    if times <= 1 { faults.remove(at: index) }
                }
                return effect
            }
            return nil
        }
        if effect != nil { strikes.withLock { $0 += 1 } }
        return effect
    }
}
