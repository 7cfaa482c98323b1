/// Refuses text nested so deeply that a recursive parser would run out of stack.
enum NestingGuard {
    private static let deepest = 400

    /// Counts brackets without looking at quotes, and block indicators of one line: generous, but never too low for what
    /// could overflow.
    static func check(_ text: String, file: String) throws(KubernetesError) {
        var depth = 0
        var line = 1
        var indicators = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            case UInt8(ascii: "\n"): (line, indicators) = (line + 1, 0)
            case UInt8(ascii: "-"), UInt8(ascii: "?"): indicators += 1
            case UInt8(ascii: " "): break
            default: indicators = 0
            }
            // Real text has long rules of dashes, so only a run longer than any of them counts.
            if depth > deepest || indicators > 2 * deepest {
                throw KubernetesError(.invalidManifest, "\(file):\(line)", "nested more than \(deepest) levels deep")
            }
        }
    }
}
