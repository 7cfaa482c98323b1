/// A part of a render that may hold values in a cycle, emptied when the render ends.
///
/// Emptying one by one also keeps the release of deeply nested values from overflowing the stack.
protocol Reclaimable: AnyObject {
    func reclaim()
}
