import Kubernetes

/// Remembers since when each trouble lasts, across the moments in which it seems to be over.
struct Troubles: Sendable {
    private struct Entry {
        var cause: Cause
        var since: Duration
        var absentSince: Duration?
        var restartsAtFirst: Int
        var isTold = false
    }

    let grace: Grace
    private var entries: [Cause.Identity: Entry] = [:]

    init(grace: Grace) {
        self.grace = grace
    }

    /// - Parameter formerPods: Pods from before the wait: their earlier restarts say nothing about it.
    mutating func note(_ causes: [Cause], formerPods: Set<String>, now: Duration) {
        let present = Set(causes.map(\.identity))
        for identity in entries.keys where !present.contains(identity) {
            let absentSince = entries[identity]?.absentSince ?? now
            entries[identity]?.absentSince = absentSince
            if now - absentSince > grace.memory { entries[identity] = nil }
        }
        for cause in causes {
            let isFormer = cause.pod.map(formerPods.contains) ?? false
            var entry = entries[cause.identity]
            if let absent = entry?.absentSince, now - absent > grace.memory { entry = nil }
            var current = entry ?? Entry(cause: cause, since: now, restartsAtFirst: isFormer ? cause.restarts : 0)
            current.cause = cause
            current.absentSince = nil
            entries[cause.identity] = current
        }
    }

    /// The causes to tell now, each once.
    mutating func told(now: Duration, nextLook: inout Duration?) -> [Cause] {
        var told: [Cause] = []
        for (identity, entry) in entries where !entry.isTold && entry.absentSince == nil {
            let due = entry.since + grace[entry.cause.reason].report
            if due <= now {
                entries[identity]?.isTold = true
                told.append(entry.cause)
            } else {
                Self.sooner(&nextLook, due)
            }
        }
        return told.sorted { $0.description < $1.description }
    }

    /// The first of an object's causes that lasted too long.
    func verdict(_ causes: [Cause], now: Duration, nextLook: inout Duration?) -> Cause? {
        for cause in causes {
            guard let entry = entries[cause.identity] else { continue }
            let rule = grace[cause.reason]
            if let limit = rule.restarts, cause.restarts - entry.restartsAtFirst >= limit { return cause }
            guard let fail = rule.fail else { continue }
            if now - entry.since >= fail { return cause }
            Self.sooner(&nextLook, entry.since + fail)
        }
        return nil
    }

    /// A crash of this object's containers that is too fresh to believe that it was the last one.
    func freshCrash(of subject: ObjectKey, now: Duration, nextLook: inout Duration?) -> Cause? {
        for entry in entries.values where entry.cause.subject == subject && entry.cause.identity.reason == .crash {
            guard let absent = entry.absentSince, now - absent < grace.settling else { continue }
            Self.sooner(&nextLook, absent + grace.settling)
            return entry.cause
        }
        return nil
    }

    static func sooner(_ look: inout Duration?, _ candidate: Duration) {
        look = look.map { min($0, candidate) } ?? candidate
    }
}
