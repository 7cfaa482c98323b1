internal import Operations

/// `copy` as text: a receipt per pod.
enum CopyText {
    static func line(of pod: CopyReport.Pod) -> String {
        if let failure = pod.failure { return "\(pod.pod): FAILED: \(failure.printable)" }
        var facts = ["\(pod.files) files, \(pod.bytes) bytes"]
        switch pod.result {
        case .planned? where pod.path != nil: return "\(pod.pod): would be copied to \(pod.path?.printable ?? "")"
        case .planned?: facts.append("would send \(pod.sentFiles) files, \(pod.sentBytes) bytes")
        case .unchanged?: facts.append("unchanged")
        case .copied?, nil:
            if let path = pod.path {
                facts.append("copied to \(path.printable)")
            } else {
                facts.append("\(pod.sentFiles) sent, \(pod.sentBytes) bytes")
            }
        }
        if pod.resumedFiles > 0 { facts.append("\(pod.resumedFiles) from a copy that was cut short") }
        if let digest = pod.digest { facts.append("sha256 \(digest)") }
        facts.append("\(pod.seconds) s")
        return "\(pod.pod): " + facts.joined(separator: ", ")
    }
}
