extension ConfigurationText {
    /// The front's host as scripts outside reach it, when `kubernetes.outside` or the ingress names one.
    package var frontHost: String? {
        if let host = value(at: ["kubernetes", "outside", "host"])?.text, !host.isEmpty { return host }
        guard value(at: ["kubernetes", "ingress", "enabled"]) == .bool(true),
            let host = value(at: ["kubernetes", "ingress", "host"])?.text, !host.isEmpty
        else { return nil }
        return host
    }

    /// Puts the front's host where scripts look for addresses: `grep ^GRQ_PVT_IP` gives what they reach. Names of
    /// Services, blanks and the host of before are replaced, and nothing else.
    ///
    /// - Parameters:
    ///   - before: the host that the text had.
    ///   - reference: has the Services' names, which stand there when there is no host.
    package mutating func setFront(before: String?, reference: ConfigurationText) {
        let host = frontHost
        for part in OutsideAddresses.parts where part.isBehindFront {
            for key in OutsideAddresses.keys(of: part) {
                let service = reference.value(at: [key])?.text ?? ""
                let present = value(at: [key])?.text ?? ""
                let wanted = host ?? service
                guard present != wanted, ["", service, before ?? ""].contains(present), host != nil || contains(key)
                else { continue }
                set(key, to: wanted)
            }
        }
    }
}
