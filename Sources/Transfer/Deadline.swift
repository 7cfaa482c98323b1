/// Runs an operation and cancels it when the limit has passed.
/// - Throws: `TransferError` of kind `timeout` then, else what the operation throws.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ subject: String,
    _ operation: @escaping @Sendable () async throws(TransferError) -> Value
) async throws(TransferError) -> Value {
    let result = await withTaskGroup(of: Result<Value, TransferError>?.self) { group in
        group.addTask {
            do throws(TransferError) {
                return .success(try await operation())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            // Cancelled means: the operation was faster.
            try? await Task.sleep(for: limit, clock: .continuous)
            return nil
        }
        var first = await group.next() ?? nil
        if first == nil && Task.isCancelled { first = await group.next() ?? nil }
        group.cancelAll()
        return first
    }
    guard let result else { throw TransferError(.timeout, subject, "no answer within \(limit)") }
    return try result.get()
}
