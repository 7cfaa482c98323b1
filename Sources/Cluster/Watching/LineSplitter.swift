/// Cuts a stream of bytes into lines, whatever the chunks are.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// The lines that the chunk completes, without their ends; empty ones are left out.
    mutating func take(_ chunk: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = chunk.startIndex
        while let end = chunk[start...].firstIndex(of: 0x0A) {
            let line = rest + chunk[start..<end]
            rest = []
            if !line.isEmpty { lines.append(line) }
            start = end + 1
        }
        rest += chunk[start...]
        return lines
    }
}
